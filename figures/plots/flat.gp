# The count of right answers and the loss while one weight moves
f = data . "/flat.tsv"
set terminal svg size 640,560 dynamic enhanced rounded \
    font "inherit,17" name name
set multiplot
set xrange [-1:1]
set xtics 0.5
set lmargin 8
set size 1,0.5
set origin 0,0.5
set bmargin 1.6
set format x ""
stats f using 2 nooutput
set yrange [STATS_min - 2:STATS_max + 2]
set ytics 5
eval yunit("named correctly, of 1437")
plot f using 1:2 with steps ls 2
set origin 0,0
set bmargin 3.2
set format x "%g"
set xlabel "change of the weight"
set yrange [*:*]
set ytics 0.02
set format y "%.2f"
eval yunit("loss")
plot f using 1:3 with lines ls 1
unset multiplot
