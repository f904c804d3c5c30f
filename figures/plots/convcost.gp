# Speed of a convolution on five layers: loops, columns, the product alone
f = data . "/convcost.tsv"
set datafile separator "\t"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.85 border 0
set logscale y
set yrange [0.05:2000]
set ylabel "Gflop/s"
set xtics scale 0
set key top left reverse Left invert samplen 1 spacing 1.1
plot f every ::1 using 2:xtic(1) ls 2 lw 1 title "seven loops", \
     '' every ::1 using 3 ls 1 lw 1 title "columns", \
     '' every ::1 using 4 ls 3 lw 1 title "the product alone"
