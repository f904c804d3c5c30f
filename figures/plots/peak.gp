# Memory in use after each operation of a forward pass
f = data . "/peak.tsv"
stats f using 1:2 nooutput
set xrange [0:STATS_max_x + 0.5]
set yrange [0:STATS_max_y * 1.1]
set xtics 0,8
set xlabel "operation"
eval yunit("MiB in use")
set label "one scope" at 16, near(f, 16, 2) right offset -1,0.8 tc ls 2
set label "in each block" at 20, near(f, 20, 3) center offset 0,2.2 tc ls 3
set label "and released" at 20, near(f, 20, 3) center offset 0,1.1 tc ls 1
plot f using 1:2 with lines ls 2, '' using 1:3 with lines ls 3, \
     '' using 1:4 with lines ls 1
