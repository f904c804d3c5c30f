# Pictures of CIFAR's size a second, by the number of workers
f = data . "/loadworkers.tsv"
set yrange [0:*]
set xrange [-0.3:6.3]
set xlabel "workers"
eval yunit("million pictures/s")
set format y "%g"
set label "to float" at 6, near(f, 6, 2) / 1e6 right offset 0,1 tc ls 1
set label "crop, flip, normalize" at 6, near(f, 6, 3) / 1e6 right offset 0,1 tc ls 2
plot f using 1:($2 / 1e6) with linespoints ls 1, '' using 1:($3 / 1e6) with linespoints ls 2
