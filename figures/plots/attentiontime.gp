# Time of attention against the length of the sequence
f = data . "/attentiontime.tsv"
set logscale x 2
set logscale y
set xrange [48:5500]
set xlabel "places, T"
eval yunit("ms")
set format y "%g"
set label "a step" at 512, near(f, 512, 3) right offset -1,0.8 tc ls 2
set label "forward" at 512, near(f, 512, 2) left offset 1,-0.8 tc ls 1
plot f every ::1 using 1:2 with linespoints ls 1, '' every ::1 using 1:3 with linespoints ls 2
