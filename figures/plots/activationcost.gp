# Nanoseconds per element of six operations
f = data . "/activationcost.tsv"
stats f using 1 nooutput
set logscale x 2
set logscale y
set xrange [STATS_min * 0.9:STATS_max * 1.1]
set yrange [0.04:10]
set format y "%g"
set xtics ("1k" 1024, "16k" 16384, "256k" 262144, "4M" 4194304)
set xlabel "elements"
eval yunit("ns per element")
set rmargin 8.5
do for [i = 1:3] {
  k = real(machine(word("l1d_kib l2_kib l3_kib", i)))
  if (k > 0) {
    set arrow from k * 128, graph 0 to k * 128, graph 1 nohead ls 9
    set label word("L1 L2 L3", i) at k * 128, graph 1 offset 0,0.6 center tc ls 9
  }
}
last(c) = near(f, STATS_max, c)
set label "exp" at STATS_max, last(7) offset 1,0 tc ls 6
set label "gelu" at 9000, near(f, 9000, 5) center offset 0,0.9 tc ls 4
set label "sigmoid" at 9000, near(f, 9000, 4) center offset 0,-0.9 tc ls 3
set label "softmax" at 500000, near(f, 500000, 6) center offset 0,-1 tc ls 5
set label "relu" at STATS_max, last(3) offset 1,-0.4 tc ls 1
set label "copy" at STATS_max, last(2) offset 1,0.4 tc ls 2
plot f using 1:2 with linespoints ls 2, '' using 1:3 with linespoints ls 1, \
  '' using 1:4 with linespoints ls 3, '' using 1:5 with linespoints ls 4, \
  '' using 1:6 with linespoints ls 5, '' using 1:7 with linespoints ls 6
