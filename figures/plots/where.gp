# Where the time of a training step goes, in three models
f = data . "/where.tsv"
set datafile separator "\t"
set style data histograms
set style histogram rowstacked
set style fill solid 0.85 border 0
set boxwidth 0.6
set yrange [0:100]
set xrange [-0.6:4.1]
eval yunit("percent")
set rmargin 1
set label "convolution" at 2.45, 20 left tc ls 1
set label "products" at 2.45, 48 left tc ls 2
set label "norms, pools" at 2.45, 78 left tc ls 3
set label "element by element" at 2.45, 88 left tc ls 4
set label "softmax, rest" at 2.45, 98 left tc ls 5
plot f every ::1 using 3:xtic(1) ls 1 lw 1, '' every ::1 using 4 ls 2 lw 1, \
     '' every ::1 using ($5 + $6) ls 3 lw 1, '' every ::1 using 8 ls 4 lw 1, \
     '' every ::1 using ($7 + $9 + $10) ls 5 lw 1
