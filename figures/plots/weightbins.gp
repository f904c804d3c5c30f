# The weights of a layer of LeNet, as they begin and after learning
f = data . "/weightbins.tsv"
set datafile separator "\t"
set xlabel "weight"
set yrange [0:*]
eval yunit("density")
set label "at first" at 0.092, 5.3 left offset 1,0.5 tc ls 2
set label "after learning" at 0.12, 2.2 left offset 0.5,0 tc ls 1
plot f every ::1 using 1:2 with histeps ls 2, '' every ::1 using 3:4 with histeps ls 1
