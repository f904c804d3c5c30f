# The largest of sixteen weights, and what is left of the gradient
f = data . "/saturate.tsv"
set logscale x 2
set xrange [1:1024]
set yrange [0:1]
set xlabel "numbers in a query, D"
eval yunit("of 1")
set label "largest weight" at 40, 0.7 left tc ls 2
set label "largest weight, scaled" at 1000, near(f, 512, 3) right offset 0,0.9 tc ls 1
set label "slope" at 20, 0.43 left tc ls 2
set label "slope, scaled" at 3, near(f, 8, 5) left offset 0,0.9 tc ls 1
plot f every ::1 using 1:2 with linespoints ls 2, '' every ::1 using 1:3 with linespoints ls 1, \
     '' every ::1 using 1:4 with lines ls 2 dt (7,6), '' every ::1 using 1:5 with lines ls 1 dt (7,6)
