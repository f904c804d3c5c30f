# Singular values of a layer before it learned, and after
f = data . "/thinvalues.tsv"
set datafile separator "\t"
set xrange [0:64]
set yrange [0:*]
set xlabel "number of the singular value, of 256"
eval yunit("value")
set label "after" at 4, near(f, 4, 3) left offset 1,0 tc ls 1
set label "before" at 30, near(f, 30, 2) left offset 0,-1 tc ls 2
set arrow from 10.5, graph 0 to 10.5, graph 1 nohead ls 9
plot f every ::1 using 1:2 with points ls 2, \
     '' every ::1 using 1:3 with points ls 1
