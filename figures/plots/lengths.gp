# Time of a forward pass of TinyGPT against the length of the text
f = data . "/lengths.tsv"
set datafile separator "\t"
set logscale x 2
set logscale y
set xrange [28:2400]
set xlabel "tokens, T"
set format y "%g"
eval yunit("ms")
set label "grows as T" at 2048, near(f, 2048, 3) right offset 0,-1.1 tc ls 3
set label "grows as T^2" at 128, near(f, 128, 4) left offset 1.2,-0.2 tc ls 2
plot f every ::1 using 1:2 with linespoints ls 1, \
     '' every ::1 using 1:3 with lines ls 3 lw 1.5 dt (7,4), \
     '' every ::1 using 1:4 with lines ls 2 lw 1.5 dt (7,4)
