# The gradient of each block of an untrained model, norms before and behind
f = data . "/norms.tsv"
set xrange [0:19]
set yrange [0:1.2]
set xlabel "block"
eval yunit("root of the mean square, in thousandths")
set label "norms behind" at 18, near(f, 14, 3) * 1e3 right offset 0,1.7 tc ls 2
set label "norms before (pre-norm)" at 9, near(f, 9, 2) * 1e3 left offset 0,1.3 tc ls 1
plot f every ::1 using 1:($2 * 1e3) with linespoints ls 1, '' every ::1 using 1:($3 * 1e3) with linespoints ls 2
