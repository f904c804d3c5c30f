# Time to make a view, a copy and a transposed copy
f = data . "/viewcost.tsv"
stats f using 1:4 nooutput
set logscale xy
set xrange [STATS_min_x * 0.9:STATS_max_x * 1.1]
set for [e = 1:9] xtics add (count(10**e) 10**e)
set ytics ("10 ns" 10, "100 ns" 100, "1 µs" 1e3, "10 µs" 1e4, "100 µs" 1e5, \
           "1 ms" 1e6, "10 ms" 1e7, "100 ms" 1e8, "1 s" 1e9)
set xlabel "elements"
set lmargin 9
set tmargin 1
middle = sqrt(STATS_max_x * STATS_max_x / 300)
set label "transposed copy" at middle, near(f, middle, 4) right offset -1,0.5 tc ls 2
set label "copy" at middle, near(f, middle, 3) left offset 1.5,-0.5 tc ls 3
set label "transposed view" at STATS_max_x, near(f, STATS_max_x, 2) right offset 0,0.8 tc ls 1
plot f using 1:2 with linespoints ls 1, '' using 1:4 with linespoints ls 2, \
     '' using 1:3 with linespoints ls 3
