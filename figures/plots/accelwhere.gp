# Where the time of a step goes, before and after, in two models
f = data . "/accelwhere.tsv"
set datafile separator "\t"
set style data histograms
set style histogram rowstacked
set style fill solid 0.85 border 0
set boxwidth 0.6
set yrange [0:*]
set xrange [-0.6:3.6]
set xtics font ",14"
eval yunit("milliseconds")
set key top right reverse Left samplen 1 spacing 1.1 invert
ms(c) = column(c) * column(2) / 100
plot f every ::1 using (ms(3)):xtic(1) ls 1 lw 1 title "convolution", \
     '' every ::1 using (ms(4)) ls 2 lw 1 title "products", \
     '' every ::1 using (ms(5) + ms(6)) ls 3 lw 1 title "norms, pools", \
     '' every ::1 using (ms(8)) ls 4 lw 1 title "element by element", \
     '' every ::1 using (ms(7) + ms(9) + ms(10)) ls 5 lw 1 title "softmax, rest"
