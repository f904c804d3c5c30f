# A map of the loss over two weights, and two walks downhill
f = data . "/landscape.tsv"
set terminal svg size 640,500 dynamic enhanced rounded \
    font "inherit,17" name name
set contour base
unset surface
set cntrparam levels discrete 0.36, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 10
set table $lines
splot f index 0 using 1:2:3
unset table
set surface
set xrange [-4:4]
set yrange [-2:5]
set xtics 2
set ytics 2
set xlabel "weight w"
eval yunit("bias b")
set lmargin 5
set label "start" at -3.1, 2.55 center tc ls 3 front
set label "cross entropy" at -0.5, 1.75 center tc ls 1 front
set label "squared error" at -2.1, 3.9 left tc ls 2 front
plot $lines using 1:2 with lines lc rgb '#000009' lw 0.8, \
     f index 1 using 1:2 with linespoints ls 1, \
     f index 2 using 1:2 with linespoints ls 2, \
     '' index 2 every ::0::0 using 1:2 with points ls 3 ps 1.4
