# The loss along the five ways down the valley
f = data . "/valleyloss.tsv"
set logscale y
set xrange [0:120]
set yrange [1e-5:100]
set format y "10^{%T}"
set ytics 10
set xtics 20
set xlabel "step"
eval yunit("loss")
set rmargin 11
# three end close together: their labels are moved apart
last(c) = (c == 6 ? 7 : c == 4 ? 0.3 : 1) * real(system(sprintf("awk 'END { print $%d }' %s", c, f)))
do for [c = 2:6] {
  set label word("descent momentum Nesterov RMSprop Adam", c - 1) \
      at 122, last(c) left tc ls c - 1
}
plot for [c = 2:6] f using 1:c with linespoints ls c - 1 lw 2 pointinterval 15
