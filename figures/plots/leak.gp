# Memory in use during the loop, without and with a scope for each step
f = data . "/leak.tsv"
stats f using 1:2 nooutput
set xrange [0:STATS_max_x * 1.02]
set yrange [0:STATS_max_y * 1.1]
set xlabel "steps"
eval yunit("MiB in use")
middle = STATS_max_x * 0.55
set label "one scope for all" at middle, near(f, middle, 2) right offset -1,0.8 tc ls 2
set label "a scope in each step" at middle, near(f, middle, 3) center offset 0,1 tc ls 1
plot f using 1:2 with lines ls 2, '' using 1:3 with lines ls 1
