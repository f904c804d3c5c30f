# Bytes of caches, measured, with the formula as a line
f = data . "/cachememory.tsv"
set xlabel "places"
eval yunit("MB")
set xrange [0:1120]
set yrange [0:30]
set key top left Left reverse samplen 2 spacing 1.1
plot f every ::1 using 1:6 with lines ls 9 title "by formula", \
     '' every ::1 using 1:2 with points ls 1 title "numbers, 6 heads", \
     '' every ::1 using 1:3 with linespoints ls 2 title "2 heads of 6", \
     '' every ::1 using 1:4 with linespoints ls 3 title "bytes", \
     '' every ::1 using 1:5 with linespoints ls 4 title "a window of 252, 4 sinks"
