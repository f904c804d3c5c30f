# Right answers by the share of zeros, for six ways to get there
f = data . "/prunedigits.tsv"
set datafile separator "\t"
set xrange [48:104]
set yrange [0:100]
set xlabel "zeros, %"
eval yunit("% right")
set label "gradual" at 98, near(f, 98, 5) left offset 0.6,0.3 tc ls 1
set label "trained" at 98, near(f, 98, 4) left offset 0.6,0.5 tc ls 3
set label "new start" at 98, near(f, 98, 7) left offset 0.6,0.1 tc ls 4
set label "ticket" at 98, near(f, 98, 6) left offset 0.6,-0.3 tc ls 2
set label "chance" at 98, near(f, 98, 8) left offset 0.6,0 tc ls 5
set label "at once" at 90, near(f, 90, 3) right offset -0.8,-0.3 tc ls 6
plot f every ::1 using 1:3 with linespoints ls 6, '' every ::1 using 1:8 with linespoints ls 5, \
  '' every ::1 using 1:7 with linespoints ls 4, '' every ::1 using 1:6 with linespoints ls 2, \
  '' every ::1 using 1:4 with linespoints ls 3, '' every ::1 using 1:5 with linespoints ls 1
