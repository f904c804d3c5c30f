# Dot products of two rows by their distance, at the start and 5,000 tokens later
f = data . "/rotaryscores.tsv"
set xlabel "distance"
set xrange [0:128]
set yrange [0:1.9]
set ytics 0.5
set label "waves added, later" at 40, 1.6 left tc ls 2
set label "waves added, at the start" at 78, 0.75 left tc ls 2
set label "rotated: both" at 30, 0.17 left tc ls 1
plot f every ::1 using 1:5 with lines ls 2 dt (7,5), \
     '' every ::1 using 1:4 with lines ls 2, \
     '' every ::1 using 1:2 with lines ls 1, \
     '' every ::1 using 1:3 with points ls 1 ps 0.6
