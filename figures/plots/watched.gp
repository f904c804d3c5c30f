# What a profiler adds to the time of an operation
f = data . "/watched.tsv"
set logscale x
set xrange [0.05:6]
set yrange [0:*]
set xtics (0.05, 0.1, 0.2, 0.5, 1, 2, 5)
set xlabel "µs that the operation takes"
eval yunit("percent more")
set arrow from 0.05, 5 to 6, 5 nohead ls 9
set label "5" at 0.055, 5 left offset 0,0.6 tc ls 9
plot f every ::1 using 1:2 with linespoints ls 1
