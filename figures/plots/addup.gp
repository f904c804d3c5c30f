# Relative error of a sum of n floats, added one by one and our way
f = data . "/addup.tsv"
stats f using 1:2 nooutput
set logscale xy
set xrange [STATS_min_x * 0.9:STATS_max_x * 1.1]
set xtics ()
set for [e = 1:9:2] xtics add (count(10**e) 10**e)
set format y "10^{%T}"
set ytics 100
set xlabel "numbers added"
eval yunit("relative error")
set yrange [*:*]
middle = sqrt(STATS_min_x * STATS_max_x)
set label "one by one" at middle, near(f, middle, 2) center offset 0,1.2 tc ls 2
set label "tt\\_sum" at middle, near(f, middle, 3) center offset 0,1 tc ls 1
plot f using 1:2 with linespoints ls 2, '' using 1:3 with linespoints ls 1
