# The same two sentences in seven languages
f = data . "/languages.tsv"
set yrange [0:*]
set xrange [-0.6:6.6]
eval yunit("tokens, bytes")
set grid noxtics
set boxwidth 0.36
set style fill solid 0.85 noborder
set xtics rotate by -35
set label "tokens" at graph 0.05, graph 0.95 left tc ls 1
set label "bytes" at graph 0.05, graph 0.87 left tc ls 2
plot f every ::1 using ($0 - 0.19):3:xtic(1) with boxes ls 1, \
     '' every ::1 using ($0 + 0.19):2 with boxes ls 2
