# From the moment a request was due to its answer, by the rate of requests
f = data . "/serveload.tsv"
set datafile separator "\t"
set logscale xy
set xrange [150:40000]
set xlabel "requests in a second"
eval yunit("milliseconds")
set xtics ("200" 200, "500" 500, "1,000" 1000, "2,000" 2000, "5,000" 5000)
unset key
plot f every ::1 using 1:2 with linespoints ls 2, \
     '' every ::1 using 1:4 with linespoints ls 1, \
     '' every ::1 using 1:3 with linespoints ls 2 dt 2, \
     '' every ::1 using 1:5 with linespoints ls 1 dt 2, \
     '' every ::6 using 1:2:("  median") with labels left tc ls 2, \
     '' every ::6 using 1:4:("  median, 0.5 ms") with labels left tc ls 1, \
     '' every ::6 using 1:3:("  p99") with labels left offset 0,-0.5 tc ls 2, \
     '' every ::6 using 1:5:("  p99, 0.5 ms") with labels left offset 0,0.5 tc ls 1
