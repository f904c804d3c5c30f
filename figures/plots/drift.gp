# Accuracy of a model that is served while its inputs drift
f = data . "/drift.tsv"
set datafile separator "\t"
at(key) = real(system("awk -F'\t' '$1 == \"# " . key . "\" { print $2 + 0 }' " . f))
set xrange [0:5000]
set yrange [0:105]
set xlabel "digits since the morning"
eval yunit("right, %")
set xtics ("0" 0, "1,000" 1000, "2,000" 2000, "3,000" 3000, "4,000" 4000, "5,000" 5000)
unset key
turn = 1500
do for [x in sprintf("%d %g %g", turn, at("drift.alarm"), at("drift.swap"))] {
  set arrow from real(x), graph 0 to real(x), graph 1 nohead ls 9
}
set label "it turns" at turn, 3 right offset -0.6,0
set label "alarm" at at("drift.alarm"), 100 left offset 0.4,0.6
set label "swap" at at("drift.swap"), 84 left offset 0.4,0
plot f every ::1 using 1:4 with lines ls 2, \
     '' every ::1 using 1:3 with lines ls 1, \
     '' every 1::94::94 using 1:4:("trained in the morning") with labels right offset 0,1.4, \
     '' every 1::84::84 using 1:3:("what served") with labels right offset -1,-1.4
