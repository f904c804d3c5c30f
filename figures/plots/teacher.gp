# What a teacher gives its students, by the temperature of the lessons
f = data . "/teacher.tsv"
set datafile separator "\t"
set logscale x
set xrange [0.85:24]
set yrange [-1:*]
set xtics (1, 2, 4, 10, 20)
set xlabel "temperature"
eval yunit("points more than alone")
set arrow from graph 0, first 0 to graph 1, first 0 nohead ls 9
plot f every ::1 using 1:($4-$5):(0):(2*$5) with vectors nohead ls 1, \
     '' every ::1 using 1:4 with linespoints ls 1
