# Two losses and their slopes over the logit, when the answer is yes
f = data . "/lossslopes.tsv"
set terminal svg size 640,600 dynamic enhanced rounded \
    font "inherit,17" name name
set multiplot
set xrange [-8:8]
set xtics 4
set size 1,0.5
set origin 0,0.5
set bmargin 1.6
set format x ""
set yrange [0:8]
set ytics 2
eval yunit("loss")
set label 1 "cross entropy" at -4, 5.2 left tc ls 1
set label 2 "squared error" at -7.7, 1.7 left tc ls 2
plot f using 1:3 with lines ls 1, '' using 1:2 with lines ls 2
set origin 0,0
set bmargin 3.2
set format x "%g"
set xlabel "logit z, when the answer is yes"
set yrange [-1.1:0.1]
set ytics 0.5
eval yunit("slope")
set label 1 at -7.7, -0.86
set label 2 at -7.7, -0.12
plot f using 1:5 with lines ls 1, '' using 1:4 with lines ls 2
unset multiplot
