# How often an interval at 95 % contains the true value, by the sample
f = data . "/coverage.tsv"
set datafile separator "\t"
set logscale x
set xrange [4.5:400]
set yrange [65:100]
set xtics (5, 10, 20, 40, 80, 160, 320)
set xlabel "numbers in the sample"
eval yunit("% contain the true value")
set key bottom right reverse Left samplen 1.5 spacing 1.1
plot 95 with lines ls 9 notitle, \
     f every ::1 using 1:2 with linespoints ls 1 title "median, bootstrap", \
     '' every ::1 using 1:3 with linespoints ls 2 title "mean, bootstrap", \
     '' every ::1 using 1:4 with linespoints ls 3 title "mean, formula"
