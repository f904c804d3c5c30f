# Relative error of the series of the exponential, cut off
f = data . "/series.tsv"
set xrange [-1:1]
set logscale y
set yrange [1e-12:1]
set ytics 1e3
set format y "10^{%T}"
set xtics 0.5
set xlabel "r" offset 0,0.8
eval yunit("relative error")
half = log(2) / 2
do for [s in "-1 1"] {
  set arrow from s * half, graph 0 to s * half, graph 1 nohead ls 9
}
set arrow from graph 0, first 5.96e-8 to graph 1, first 5.96e-8 nohead ls 9
set label "half a digit of a float" at -0.97, 1.2e-8 left tc ls 9 font ",15"
set label "up to r^3" at 0.62, 2.5e-2 center tc ls 2
set label "r^5" at 0.88, 2.6e-3 center tc ls 3
set label "r^7" at 0.88, 2.2e-7 center tc ls 1
plot f using 1:2 with lines ls 2, '' using 1:3 with lines ls 3, \
  '' using 1:4 with lines ls 1
