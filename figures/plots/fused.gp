# Time per score of cross entropy, in small steps and as one operation
f = data . "/fused.tsv"
set logscale x
set xrange [8:65000]
set xtics ("10" 10, "100" 100, "1000" 1000, "10k" 10000, "50k" 50257)
set yrange [0:*]
set ytics 2
set xlabel "classes"
eval yunit("ns per score")
set label "in small steps" at 1000, near(f, 1000, 2) center offset 0,1.4 tc ls 2
set label "as one operation" at 1000, near(f, 1000, 3) center offset 0,1.4 tc ls 1
plot f using 1:2 with linespoints ls 2, '' using 1:3 with linespoints ls 1
