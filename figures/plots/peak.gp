# Memory in use after each operation of a forward pass
f = data . "/peak.tsv"
stats f using 1:2 nooutput
set xrange [0:STATS_max_x + 0.5]
set yrange [0:STATS_max_y * 1.1]
set xtics 0,8
set rmargin 14
set xlabel "operation"
eval yunit("MiB in use")
last = STATS_max_x
set label "one scope" at last, near(f, last, 2) left offset 1.2,0 tc ls 2
set label "in each block" at last, near(f, last, 3) left offset 1.2,0.5 tc ls 3
set label "and released" at last, near(f, last, 4) left offset 1.2,-0.5 tc ls 1
plot f using 1:2 with lines ls 2, '' using 1:3 with lines ls 3, \
     '' using 1:4 with lines ls 1
