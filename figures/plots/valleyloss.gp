# The loss along the five ways down the valley
f = data . "/valleyloss.tsv"
set terminal svg size 640,560 dynamic enhanced rounded \
    font "inherit,17" name name
last(c) = real(system(sprintf("awk 'END { print $%d }' %s", c, f)))
set logscale y
set xrange [0:120]
set yrange [1e-5:100]
set format y "10^{%T}"
set ytics 100
set xtics 20
set rmargin 16
set multiplot
set size 1, 0.47
set origin 0, 0.53
set tmargin 2
set bmargin 1.2
eval yunit("loss")
set format x ""
set label 1 "gradient descent" at 122, last(2) left tc ls 1
set label 2 "momentum" at 122, 2.2 * last(3) left tc ls 2
set label 3 "Nesterov" at 122, 0.45 * last(4) left tc ls 3
plot f using 1:2 with lines ls 1 lw 2, '' using 1:3 with lines ls 2 lw 2, \
     '' using 1:4 with lines ls 3 lw 2
unset label 1; unset label 2; unset label 3
set origin 0, 0
set size 1, 0.53
set bmargin 3.2
set format x "%g"
set xlabel "step"
set label 4 "RMSprop" at 122, last(5) left tc ls 4
set label 5 "Adam" at 122, last(6) left tc ls 5
plot f using 1:5 with lines ls 4 lw 2, '' using 1:6 with lines ls 5 lw 2
unset multiplot
