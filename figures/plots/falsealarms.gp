# False alarms of 200 comparisons of a program with itself, by the drift
f = data . "/falsealarms.tsv"
set datafile separator "\t"
set xrange [-0.5:20.5]
set yrange [0:210]
set xlabel "drift during a comparison, %"
eval yunit("different, of 200")
set key center right reverse Left samplen 1.5 spacing 1.1
plot f every ::1 using 1:2 with linespoints ls 2 title "one after the other", \
     '' every ::1 using 1:3 with linespoints ls 1 title "by turns"
