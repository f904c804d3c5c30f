# Bytes for each token, by the size of the vocabulary
f = data . "/compression.tsv"
set logscale x 2
set xrange [200:20000]
set yrange [0:*]
set xlabel "size of the vocabulary"
eval yunit("bytes a token")
set label "learned from" at 8192, near(f, 8192, 2) right offset 0,1 tc ls 1
set label "unseen" at 8192, near(f, 8192, 3) right offset 0,-1 tc ls 2
plot f using 1:2 with linespoints ls 1, '' using 1:3 with linespoints ls 2
