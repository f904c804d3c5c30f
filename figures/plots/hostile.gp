# Time to encode random letters without a blank
f = data . "/hostile.tsv"
set logscale xy
set xrange [800:8e6]
set xlabel "bytes"
eval yunit("ms")
set format x "%.0s%c"
set format y "%g"
set label "heap" at 1048576, near(f, 1048576, 2) right offset -1,1 tc ls 1
set label "loop" at 8192, near(f, 8192, 3) right offset -1,1 tc ls 2
plot f every ::1 using 1:2 with linespoints ls 1, '' every ::1::6 using 1:3 with linespoints ls 2
