# Efficiency of data-parallel training by the number of ranks: a model
f = data . "/commwins.tsv"
set datafile separator "\t"
set logscale x 2
set xrange [1:1024]
set yrange [0:105]
set xlabel "ranks"
eval yunit("efficiency, %")
set xtics ("1" 1, "4" 4, "16" 16, "64" 64, "256" 256, "1,024" 1024)
unset key
plot f every ::1 using 1:3 with linespoints ls 2, \
     '' every ::1 using 1:2 with linespoints ls 1, \
     '' every ::1 using 1:5 with linespoints ls 4, \
     '' every ::1 using 1:4 with linespoints ls 3, \
     '' every ::11 using 1:3:("64 rows, here") with labels right offset 0,0.9, \
     '' every ::11 using 1:2:("16 rows, here") with labels right offset 0,0.9, \
     '' every ::11 using 1:5:("64 rows, Ethernet") with labels right offset 0,-0.9, \
     '' every ::11 using 1:4:("16 rows, Ethernet") with labels right offset 0,-0.9
