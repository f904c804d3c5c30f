# Accuracy of the network of 2012 on photographs put aside, over the minutes of its training
f = data . "/cifarcurve.tsv"
set datafile separator "\t"
set xlabel "minutes"
eval yunit("percent")
set yrange [30:100]
set xrange [0:*]
set arrow from graph 0, first 75 to graph 1, first 75 nohead ls 9
set label "75 %" at graph 1, first 75 right offset -0.5,0.6 tc ls 9
set key bottom right Left reverse samplen 2 spacing 1.1
plot for [k = 0:2] f every ::1 using ($1 == k ? $3 / 60 : NaN):(100 * $4) with lines ls 2 lw 1.5 dt (7,4) \
       title (k ? "" : "learned from, moved about"), \
     for [k = 0:2] f every ::1 using ($1 == k ? $3 / 60 : NaN):(100 * $5) with linespoints ls 1 \
       title (k ? "" : "put aside")
