# Five ways down a long narrow valley
f = data . "/valley.tsv"
set terminal svg size 640,620 dynamic enhanced rounded \
    font "inherit,17" name name
set contour base
unset surface
set cntrparam levels discrete 0.3, 1.5, 5, 12, 24, 42, 66
set isosamples 120, 120
set xrange [-10:3]
set yrange [-1.7:1.7]
set table $lines
splot 0.5 * (x * x + 50 * y * y)
unset table
set surface
set multiplot
set tmargin 1.2
set label 9 'y' at graph 0, graph 1 offset -3.5,0 center
set lmargin 6
set ytics 1
set xtics 2
set size 1, 0.5
set origin 0, 0.5
set bmargin 1.4
set format x ""
set label 1 "gradient descent" at -9.6, -1.45 left tc ls 1 front
set label 2 "momentum" at -5.7, 1.35 left tc ls 2 front
set label 3 "Nesterov" at -2.4, -1.2 left tc ls 3 front
plot $lines using 1:2 with lines lc rgb '#000009' lw 0.8, \
     f using 2:3 with linespoints ls 1 lw 1.6 ps 0.5, \
     '' using 4:5 with linespoints ls 2 lw 1.6 ps 0.5, \
     '' using 6:7 with linespoints ls 3 lw 1.6 ps 0.6
unset label 1; unset label 2; unset label 3
set origin 0, 0
set bmargin 3.2
set format x "%g"
set xlabel "x"
set label 4 "RMSprop" at -8.4, 1.2 left tc ls 4 front
set label 5 "Adam" at -4.6, -1.2 left tc ls 5 front
plot $lines using 1:2 with lines lc rgb '#000009' lw 0.8, \
     f using 8:9 with linespoints ls 4 lw 1.6 ps 0.6, \
     '' using 10:11 with linespoints ls 5 lw 1.6 ps 0.6
unset multiplot
set tmargin 1.2
set label 9 'y' at graph 0, graph 1 offset -3.5,0 center
