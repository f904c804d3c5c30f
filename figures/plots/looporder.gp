# Speed of matrix multiplication in three loop orders
f = data . "/looporder.tsv"
stats f using 1 nooutput
set logscale x 2
set xrange [STATS_min * 0.95:STATS_max * 1.05]
set xlabel "matrix size n"
eval yunit("GFLOP/s")
set logscale y
set format y "%g"
set rmargin 7
names = system("head -n 1 " . f)          # n ijp jpi ipj
do for [c = 1:3] {
  set label c word(names, c + 1) at first STATS_max, first near(f, STATS_max, c + 1) \
      offset 1,0 tc ls c
}
plot for [c = 1:3] f using 1:c+1 with linespoints ls c
