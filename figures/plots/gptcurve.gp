# Loss of a letter over the minutes of training, learned from and unseen
f = data . "/gptcurve.tsv"
set datafile separator "\t"
set xlabel "minutes"
eval yunit("loss, in nats")
set yrange [1.2:2.3]
set xrange [0:30]
set arrow from graph 0, first 1.65 to graph 1, first 1.65 nohead ls 9
set label "1.65" at graph 1, first 1.65 right offset -0.5,0.6 tc ls 9
set key top right Left reverse samplen 2 spacing 1.1
plot for [k = 0:2] f every ::1 using ($1 == k ? $3 / 60 : NaN):4 with lines ls 2 lw 1.5 dt (7,4) \
       title (k ? "" : "learned from"), \
     for [k = 0:2] f every ::1 using ($1 == k ? $3 / 60 : NaN):5 with linespoints ls 1 \
       title (k ? "" : "all of the unseen tenth")
