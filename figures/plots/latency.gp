# The time of one read against the size of the memory it wanders through
f = data . "/latency.tsv"
stats f using 1:2 nooutput
set logscale x 2
set logscale y
set xrange [STATS_min_x * 0.9:STATS_max_x * 1.1]
set yrange [0.7:500]
set format y "%g"
set ytics (1, 2, 5, 10, 20, 50, 100, 200, 500)
set xtics ("4 KiB" 4, "16" 16, "64" 64, "256" 256, "1 MiB" 1024, "4" 4096, "16" 16384, "128 MiB" 131072)
set xlabel "size of the memory that the walk goes through"
eval yunit("ns per read")
set rmargin 6
do for [i = 1:3] {
  k = real(machine(word("l1d_kib l2_kib l3_kib", i)))
  if (k > 0) {
    set arrow from k, graph 0 to k, graph 1 nohead ls 9
    set label word("L1 L2 L3", i) at k, graph 1 offset 0,0.6 center tc ls 9
  }
}
plot f using 1:2 with linespoints ls 1
