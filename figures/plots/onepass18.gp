# A step of attention against the length of the text: time, and memory
f = data . "/onepass18.tsv"
set multiplot layout 1,2 margins 0.1,0.955,0.22,0.87 spacing 0.13,0.17
set logscale x 2
set logscale y
set xrange [48:2800]
set xtics 64, 4
set xlabel "places, T"
set format y "%g"
set xtics (64, 256, 1024)
eval yunit("ms")
set label 1 "three steps" at 512, near(f, 512, 2) right offset -1,0.8 tc ls 1
set label 2 "one pass" at 512, near(f, 512, 3) left offset 1,-0.6 tc ls 2
plot f every ::1 using 1:2 with linespoints ls 1, '' every ::1 using 1:3 with linespoints ls 2
eval yunit("MiB")
set label 1 "three steps" at 512, near(f, 512, 4) right offset -1,0.8 tc ls 1
set label 2 "one pass" at 512, near(f, 512, 5) left offset 1,-0.6 tc ls 2
plot f every ::1 using 1:4 with linespoints ls 1, '' every ::1 using 1:5 with linespoints ls 2
unset multiplot
