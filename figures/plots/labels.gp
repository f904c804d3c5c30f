# Right answers over the number of labels: asked for, or drawn
f = data . "/labels.tsv"
set datafile separator "\t"
set xrange [30:330]
set yrange [70:100]
set xlabel "labels"
eval yunit("% of fresh digits right")
set key bottom right
plot f every ::1 using 1:5 with linespoints ls 2 title "asked for", \
  '' every ::1 using 1:6:(0):($7-$6) with vectors nohead ls 2 notitle, \
  '' every ::1 using 1:2 with linespoints ls 1 title "at random", \
  '' every ::1 using 1:3:(0):($4-$3) with vectors nohead ls 1 notitle
