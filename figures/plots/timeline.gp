# Memory in use on the way there and back
f = data . "/timeline.tsv"
stats f using 1:2 index 0 nooutput
set xrange [0:STATS_max_x]
set yrange [0:52]
set xtics ("first layer" 4, "loss" STATS_max_x / 2, "first layer" STATS_max_x - 4)
set ytics 10
eval yunit("MiB in use")
set label "gradients kept" at STATS_max_x * 0.73, 40 right tc ls 2
set label "each step lets go" at STATS_max_x * 0.72, 18 left tc ls 1
set label "not recorded" at STATS_max_x * 0.25, 4.5 center tc ls 3
plot f index 1 using 1:2 with lines ls 2, f index 0 using 1:2 with lines ls 1, \
     f index 2 using 1:2 with lines ls 3
