# Where the parameters of four models are
f = data . "/parts.tsv"
set datafile separator "\t"
set style data histograms
set style histogram rowstacked
set style fill solid 0.85 border 0
set boxwidth 0.7
set yrange [0:100]
set xrange [-0.6:4.3]
eval yunit("percent")
set label "MLP" at 3.45, 65 left tc ls 1
set label "attention" at 3.45, 21 left tc ls 2
set label "tokens" at 3.45, 6 left tc ls 3
label(n, m) = n . "\n" . (m < 1 ? sprintf("%.2f M", m) : sprintf("%.0f M", m))
plot f every ::1 using 3:xtic(label(strcol(1), $2)) ls 3 lw 1, \
     '' every ::1 using 4 ls 4 lw 1, '' every ::1 using 5 ls 2 lw 1, \
     '' every ::1 using 6 ls 1 lw 1
