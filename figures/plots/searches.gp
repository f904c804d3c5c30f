# Loss of the best network so far, over the trainings spent, for three searches
f = data . "/searches.tsv"
set datafile separator "\t"
set xrange [0.7:12.6]
set yrange [0:0.5]
set xtics 2
set xlabel "budget spent, in full trainings"
eval yunit("loss on the digits to choose by")
set key top right
plot f every ::1 using 1:2 with linespoints ls 1 title "random", \
  '' every ::1 using 1:4 with linespoints ls 2 title "with a process", \
  '' every ::1 using 1:($3 < 2 ? $3 : NaN) with linespoints ls 3 title "halving"
