# Time of a sparse product, as a multiple of the dense one
f = data . "/sparsecost.tsv"
set datafile separator "\t"
set logscale y
set xrange [0:100]
set yrange [0.001:5]
set xlabel "zeros, %"
eval yunit("time, dense = 1")
set ytics ("1/100" 0.01, "1/10" 0.1, "1" 1)
set arrow from 0, first 1 to 100, first 1 nohead ls 9
set key bottom left Left reverse
plot f every ::1 using 1:6 with linespoints ls 4 title "64, peak", \
     '' every ::1 using 1:2 with linespoints ls 1 title "1 example", \
     '' every ::1 using 1:3 with linespoints ls 2 title "8", \
     '' every ::1 using 1:5 with linespoints ls 5 title "8, in blocks", \
     '' every ::1 using 1:4 with linespoints ls 3 title "64"
