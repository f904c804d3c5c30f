# The same forward pass, 400 times: how long each took
f = data . "/runtimes.tsv"
set datafile separator "\t"
set xlabel "run"
set xrange [0:400]
set yrange [0:*]
eval yunit("µs")
plot f every ::1 using 1:2 with points ls 1 ps 0.35
