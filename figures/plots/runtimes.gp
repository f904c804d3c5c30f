# The same forward pass, 400 times alone and 400 times beside a busy program
f = data . "/runtimes.tsv"
set datafile separator "\t"
set logscale y
set xlabel "run"
set xrange [0:400]
eval yunit("µs")
set format y "%g"
set key top right reverse Left samplen 1 spacing 1.1
plot f every ::1 using 1:3 with points ls 2 ps 0.35 title "beside a busy program", \
     '' every ::1 using 1:2 with points ls 1 ps 0.35 title "alone"
