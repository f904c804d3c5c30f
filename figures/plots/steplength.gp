# Steps until the loss has fallen to a millionth, against the learning rate
f = data . "/steplength.tsv"
set datafile missing "-"
set logscale xy
set xrange [0.02:5]
set yrange [50:20000]
set xtics (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, "3.8" 3.8)
set ytics (50, 100, 200, 500, "1k" 1000, "2k" 2000, "5k" 5000, "10k" 10000)
set xlabel "learning rate, times the largest curvature"
eval yunit("steps")
set arrow from 2, graph 0 to 2, graph 1 nohead ls 9
set arrow from 3.8, graph 0 to 3.8, graph 1 nohead ls 9
set label "gradient descent" at 0.12, near(f, 0.12, 2) left offset 1,0.8 tc ls 1
set label "momentum 0.9" at 0.55, 160 center tc ls 2
plot f using 1:2 with lines ls 1, '' using 1:3 with lines ls 2
