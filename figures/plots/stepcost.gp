# Time of a step for one parameter, against the size of the model
f = data . "/stepcost.tsv"
stats f using 1:4 nooutput
set logscale x 2
set logscale y
set xrange [STATS_min_x * 0.9:STATS_max_x * 1.1]
set yrange [0.03:2]
set xtics ()
set for [e = 10:26:4] xtics add (count(2**e) 2**e)
set xtics ("1k" 2**10, "16k" 2**14, "256k" 2**18, "4M" 2**22, "64M" 2**26)
set ytics (0.05, 0.1, 0.2, 0.5, 1, 2)
set xlabel "parameters"
eval yunit("ns per parameter")
set label "Adam" at 2**11, near(f, 2**11, 4) left offset 0,0.8 tc ls 5
set label "momentum" at 2**11, near(f, 2**11, 3) left offset 0,0.8 tc ls 2
set label "SGD" at 2**11, near(f, 2**11, 2) left offset 0,-0.9 tc ls 1
plot f using 1:2 with linespoints ls 1, '' using 1:3 with linespoints ls 2, \
     '' using 1:4 with linespoints ls 5
