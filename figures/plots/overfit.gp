# Training loss and loss on unseen digits, with a fifth of the labels wrong
f = data . "/overfit.tsv"
stats f using 1:3 nooutput
set xrange [0:300]
set yrange [0:*]
set xlabel "epoch"
eval yunit("loss")
best = STATS_pos_min_y
set arrow from best, graph 0 to best, graph 1 nohead ls 9
set label sprintf("best: epoch %g", best) at best, graph 1 offset 0.8,0 left tc ls 9
set label "unseen digits" at 220, near(f, 220, 3) center offset 0,1 tc ls 2
set label "digits it learns from" at 90, near(f, 90, 2) left offset 1,0.8 tc ls 1
plot f using 1:2 with lines ls 1, '' using 1:3 with lines ls 2
