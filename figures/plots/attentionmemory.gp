# Memory of attention against the length of the sequence
f = data . "/attentionmemory.tsv"
set logscale x 2
set logscale y
set xrange [48:5500]
set xlabel "places, T"
eval yunit("MiB")
set format y "%g"
set label "a step, highest" at 512, near(f, 512, 4) / 1048576. right offset -1,0.8 tc ls 2
set label "forward, no tape" at 70, 2.2 left tc ls 3
set label "kept by the tape" at 512, near(f, 512, 3) / 1048576. left offset 1,-0.8 tc ls 1
plot f every ::1 using 1:($3 / 1048576) with linespoints ls 1, '' every ::1 using 1:($4 / 1048576) with linespoints ls 2, \
     '' every ::1 using 1:($2 / 1048576) with linespoints ls 3
