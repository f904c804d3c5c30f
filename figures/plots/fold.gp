# The snowflake: heights of the network over the sheet, and the edge at 0
f = data . "/fold.tsv"
set terminal svg size 480,480 dynamic enhanced rounded \
    font "inherit,17" name name
set contour base
unset surface
set cntrparam levels discrete -0.7, -0.6, -0.5, -0.4, -0.3, -0.2, -0.1
set table $lines
splot f using (int($0) % 121):-1:1
unset table
set cntrparam levels discrete 0
set table $edge
splot f using (int($0) % 121):-1:1
unset table
set surface
unset border
unset tics
unset grid
set margins 0, 0, 0, 0
set xrange [0:120]
set yrange [0:120]
plot $lines using 1:2 with lines lc rgb '#000009' lw 0.8, \
     $edge using 1:2 with lines ls 1 lw 2.5
