# Relative error of three ways to the same loss, over the logit
f = data . "/bceerror.tsv"
set logscale y
set xrange [-30:30]
set xtics 10
set yrange [1e-8:4]
set format y "10^{%T}"
set ytics 100
set xlabel "logit z, when the answer is no"
eval yunit("relative error")
set label "plain formula" at -29, 0.012 left tc ls 2
set label "tt\\_bce\\_loss" at 17.5, 0.012 left tc ls 3
set label "from the logit" at -29, 1.5e-6 left tc ls 1
plot f using 1:3 with lines ls 3 lw 6, '' using 1:2 with lines ls 2 lw 2, \
     '' using 1:4 with lines ls 1
