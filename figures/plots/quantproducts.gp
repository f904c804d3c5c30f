# Products of 1024 x 1024 weights and m rows: operations a second
f = data . "/quantproducts.tsv"
set logscale x 2
set logscale y 2
set xrange [0.9:130]
set xlabel "rows that come at once"
eval yunit("GOP/s")
set format y "%g"
set label "bytes" at 68, near(f, 64, 3) left tc ls 1
set label "floats" at 1.1, near(f, 1, 2) left offset 0,0.7 tc ls 2
set label "weights alone, 8 bits" at 7, near(f, 8, 4) * 0.7 left tc ls 3
set label "weights alone, 4 bits" at 1.3, near(f, 1, 5) * 0.92 left tc ls 4
plot f every ::1 using 1:3 with linespoints ls 1, \
     '' every ::1 using 1:2 with linespoints ls 2, \
     '' every ::1 using 1:4 with linespoints ls 3, \
     '' every ::1 using 1:5 with linespoints ls 4
