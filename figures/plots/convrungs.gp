# Share of the peak of convolutions: columns, and three kernels without a copy
f = data . "/convrungs.tsv"
set datafile separator "\t"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.85 border 0
set yrange [0:150]
eval yunit("percent of the peak")
set xtics scale 0
set key top left reverse Left samplen 1 spacing 1.1
plot f every ::1 using 2:xtic(1) ls 2 lw 1 title "columns of chapter 9", \
     '' every ::1 using 3 ls 1 lw 1 title "forward", \
     '' every ::1 using 4 ls 3 lw 1 title "of the image", \
     '' every ::1 using 5 ls 4 lw 1 title "of the weights"
