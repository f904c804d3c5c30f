# Size of the numbers after each layer, for four ways to draw the weights
f = data . "/initscale.tsv"
set datafile missing "-"
set logscale y
set xrange [0:51]
set yrange [1e-21:1e40]
set format y "10^{%T}"
set ytics 1e-20, 1e10
set xlabel "layer"
eval yunit("typical size of a number")
set label "variance 1" at 25, near(f, 25, 2) right offset -1,0.6 tc ls 2
set label "Kaiming" at 40, near(f, 40, 3) center offset 0,0.9 tc ls 1
set label "Xavier" at 46, near(f, 46, 4) center offset 0,-0.9 tc ls 3
set label "PyTorch’s default" at 34, near(f, 34, 5) right offset -1,-0.6 tc ls 4
plot f using 1:2 with lines ls 2, '' using 1:3 with lines ls 1, \
     '' using 1:4 with lines ls 3, '' using 1:5 with lines ls 4
