# How many of a thousand tokens have so many bytes
f = data . "/learned.tsv"
set yrange [0:*]
set xrange [1.3:16.7]
set xlabel "bytes"
eval yunit("tokens")
set grid noxtics
set boxwidth 0.36
set style fill solid 0.85 noborder
set label "first 1,000" at graph 0.5, graph 0.9 left tc ls 1
set label "last 1,000" at graph 0.5, graph 0.8 left tc ls 2
plot f every ::1 using ($1 - 0.19):2 with boxes ls 1, \
     '' every ::1 using ($1 + 0.19):3 with boxes ls 2
