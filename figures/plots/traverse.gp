# Nanoseconds per element of a walk by rows and a walk by columns
f = data . "/traverse.tsv"
stats f using 1:3 nooutput
set logscale x 2
set logscale y
set xrange [STATS_min_x * 0.9:STATS_max_x * 1.1]
set format y "%g"
set xtics ("4 KiB" 4, "64" 64, "1 MiB" 1024, "16" 16384, "256 MiB" 262144)
set xlabel "size of the matrix"
eval yunit("ns per element")
set yrange [*:*]
set rmargin 5
do for [i = 1:3] {
  k = real(machine(word("l1d_kib l2_kib l3_kib", i)))
  if (k > 0) {
    set arrow from k, graph 0 to k, graph 1 nohead ls 9
    set label word("L1 L2 L3", i) at k, graph 1 offset 0,0.6 center tc ls 9
  }
}
set label "by columns" at 420, near(f, 420, 3) right offset 0,0.6 tc ls 2
set label "by rows" at 200, near(f, 200, 2) right offset 0,1 tc ls 1
plot f using 1:2 with linespoints ls 1, '' using 1:3 with linespoints ls 2
