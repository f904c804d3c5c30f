# Time of a step that asks for 512 rows, by the rows of the table
f = data . "/embedcost.tsv"
set logscale xy
set xrange [800:600e3]
set yrange [0.01:100]
set xlabel "rows of 64 numbers"
eval yunit("ms")
set format x "%.0s%c"
set format y "%g"
set label "dense, Adam" at 64000, near(f, 64000, 3) right offset -1,0.6 tc ls 3
set label "dense, SGD" at 90000, near(f, 64000, 2) left offset 1,0 tc ls 2
set label "touched rows" at 256000, near(f, 256000, 4) right offset 0,-1 tc ls 1
plot f every ::1 using 1:2 with linespoints ls 2, \
     '' every ::1 using 1:3 with linespoints ls 3, \
     '' every ::1 using 1:4 with linespoints ls 1
