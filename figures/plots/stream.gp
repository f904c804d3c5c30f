# The stream behind each block of an untrained model of 48
f = data . "/stream.tsv"
set xrange [0:50]
set yrange [0:*]
set xlabel "block"
eval yunit("root of the mean square")
set label "all weights 0.02" at 30, near(f, 30, 2) right offset -1,1 tc ls 2
set label "what is added: 0.02 / {/:Italic √}(2 · 48)" at 47, near(f, 47, 3) right offset 0,0.9 tc ls 1
plot f every ::1 using 1:3 with lines ls 1, '' every ::1 using 1:2 with lines ls 2
