# Four schedules of the learning rate over a thousand steps
f = data . "/schedules.tsv"
set multiplot layout 2,2 margins 0.1,0.955,0.1,0.94 spacing 0.125,0.17
set xrange [0:1000]
set yrange [0:0.115]
set ytics 0.05
set xtics 250
name(i) = i == 1 ? "stairs" : i == 2 ? "cosine" : \
          i == 3 ? "warm-up, cosine" : "warm-up, level, stairs"
do for [i = 1:4] {
  unset label
  set label name(i) at graph 0.98, graph 0.98 right tc ls i
  plot f using 1:(column(i + 1)) with lines ls i
}
unset multiplot
