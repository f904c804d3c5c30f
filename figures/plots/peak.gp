# Memory in use after each operation of a forward pass
f = data . "/peak.tsv"
stats f using 1:2 nooutput
set xrange [0:STATS_max_x * 1.03]
set yrange [0:STATS_max_y * 1.12]
set xtics 0,8
set xlabel "operation"
eval yunit("MiB in use")
set label "one scope for all" at 18, near(f, 18, 2) right offset -1,0.6 tc ls 2
set label "a scope in each block" at 26, 5.4 center tc ls 3
set label "results released when used" at 20, 0.7 center tc ls 1
plot f using 1:2 with linespoints ls 2, '' using 1:3 with linespoints ls 3, \
     '' using 1:4 with linespoints ls 1
