# Loss on the training and the validation digits over the epochs
f = data . "/digitscurve.tsv"
stats f using 1:6 nooutput
set logscale y
set xrange [0:STATS_max_x + 0.5]
set xlabel "epoch"
eval yunit("loss")
set format y "%g"
best = STATS_pos_min_y
set arrow from best, graph 0 to best, graph 1 nohead ls 9
set label sprintf("best: %g", best) at best, graph 1 offset 0.6,0 left tc ls 9
set label "put aside" at STATS_max_x, near(f, STATS_max_x, 6) right offset 0,1 tc ls 2
set label "learned from" at STATS_max_x, near(f, STATS_max_x, 4) right offset -3,1.3 tc ls 1
plot f using 1:4 with linespoints ls 1, '' using 1:6 with linespoints ls 2
