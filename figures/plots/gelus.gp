# Absolute error of four ways to compute gelu
f = data . "/gelus.tsv"
set xrange [-8:6]
set logscale y
set yrange [1e-12:1]
set ytics 1e3
set format y "10^{%T}"
set xtics 2
set xlabel "x" offset 0,0.8
eval yunit("error")
set label "x σ(1.702 x)" at 3.2, 6e-2 left tc ls 4
set label "tanh form" at -2.6, 1.5e-5 center tc ls 3
set label "1 + erf" at -7.7, 2e-6 left tc ls 2
set label "ours" at -5.2, 3e-11 left tc ls 1
plot f using 1:2 with lines ls 4, '' using 1:3 with lines ls 3, \
  '' using 1:4 with lines ls 2, '' using 1:5 with lines ls 1
