# The loss that rounding costs, by how many weights share a scale
f = data . "/quantshare.tsv"
set logscale y
set yrange [0.00008:3]
set xrange [-0.3:6]
set xlabel "weights that share a scale"
eval yunit("loss more than with floats")
set format y "%g"
set label "3 bits" at 5.1, near(f, 5, 3) left tc ls 2
set label "4" at 5.1, near(f, 5, 4) left tc ls 1
set label "5" at 5.1, near(f, 5, 5) left tc ls 4
set label "8" at 5.1, near(f, 5, 7) left tc ls 3
plot f every ::1 using 1:3:xtic(2) with linespoints ls 2, \
     '' every ::1 using 1:4 with linespoints ls 1, \
     '' every ::1 using 1:5 with linespoints ls 4, \
     '' every ::1 using 1:7 with linespoints ls 3
