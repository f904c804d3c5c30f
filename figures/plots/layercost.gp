# Time for one example of a batch in a linear layer
f = data . "/layercost.tsv"
stats f using 1:2 nooutput
set logscale xy 2
set xrange [0.9:600]
set yrange [STATS_min_y * 0.4:STATS_max_y * 2]
set xtics (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
set ytics (10, 20, 50, 100, 200, 500, 1000)
set xlabel "examples in a batch"
set arrow from 0.9, near(f, 1, 2) to 600, near(f, 1, 2) nohead ls 9
eval yunit("µs per example")
plot f using 1:2 with linespoints ls 1
