# What rounding and clipping cost on average, over the threshold
f = data . "/twoerrors.tsv"
set logscale y
set xlabel "threshold"
eval yunit("mean squared error")
set format y "10^{%L}"
set label "clipping" at 3.3, near(f, 3.3, 3) right offset -0.6,-0.6 tc ls 2
set label "rounding, 4 bits" at 3.4, near(f, 3.4, 2) right offset 0,0.8 tc ls 1
set label "rounding, 8 bits" at 1.1, near(f, 1.1, 4) left offset 0,-0.9 tc ls 3
plot f every ::1 using 1:2 with lines ls 1, '' every ::1 using 1:3 with lines ls 2, '' every ::1 using 1:4 with lines ls 3
