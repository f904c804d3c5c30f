# Worst error of two exponentials in each piece of the range
f = data . "/exponent.tsv"
set xrange [-105:90]
set yrange [0:1.1]
set ytics 0.25
set xtics 40
set xlabel "x" offset 0,0.8
eval yunit("ulp")
set label "ours" at -60, 0.97 center tc ls 1
set label "C library" at -60, 0.42 center tc ls 2
plot f using 1:3 with lines ls 2, '' using 1:2 with lines ls 1
