# Time of a gradient, by differences and by tape
f = data . "/gradcost.tsv"
stats f using 1:4 nooutput
set logscale xy
set xrange [STATS_min_x * 0.8:STATS_max_x * 1.3]
set yrange [2:1e9]
set xtics ("100" 100, "1,000" 1e3, "10,000" 1e4, "100,000" 1e5)
set ytics ("10 µs" 10, "1 ms" 1e3, "100 ms" 1e5, "10 s" 1e7, "1000 s" 1e9)
set xlabel "weights"
set lmargin 9
set tmargin 1
middle = 3000
set label "by differences" at middle, near(f, middle, 4) right offset -1,0.8 tc ls 2
set label "by tape" at middle, near(f, middle, 3) right offset -1,1.1 tc ls 1
set label "one loss" at middle, near(f, middle, 2) left offset 3,-0.8 tc ls 3
plot f using 1:4 with linespoints ls 2, f using 1:3 with linespoints ls 1, \
     f using 1:2 with linespoints ls 3
