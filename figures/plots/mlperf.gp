# What each step did to the time of a digit: from before to after
f = data . "/mlperf.tsv"
set datafile separator "\t"
set logscale y
set xrange [-0.6:5.6]
set yrange [0.5:150]
set xtics ("as written" 0, "vectors" 1, "narrow" 2, "int8" 3, "batches" 4, "threads" 5)
set ytics (1, 3, 10, 30, 100)
eval yunit("µs for a digit")
set style fill solid 0.35
low(a, b) = a < b ? a : b
high(a, b) = a < b ? b : a
plot f every ::1::1 using ($0):3:($0-0.35):($0+0.35):(0.5):3 with boxxyerror ls 1, \
  '' every ::2 using ($0+1):3:($0+0.65):($0+1.35):(low($2,$3)):(high($2,$3)) with boxxyerror ls 2
