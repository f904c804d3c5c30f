# Peak memory of one step of 2048 examples, made in pieces
f = data . "/pieces.tsv"
set logscale x 2
set xrange [0.85:75]
set yrange [0:*]
set xlabel "pieces"
eval yunit("MiB at the peak")
plot f using 1:($2 / 1024) with linespoints ls 1
