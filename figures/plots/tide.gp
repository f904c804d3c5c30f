# Live bytes and their peak at each moment of a training step
f = data . "/tide.tsv"
set style fill solid 0.85 border 0
set boxwidth 0.62
set yrange [0:*]
set xrange [-0.6:6.6]
eval yunit("KiB")
set key top left reverse Left samplen 1 spacing 1.1
plot f using 0:3:xtic(1) with boxes fs solid 0.28 noborder ls 2 lw 1 title "highest on the way there", \
     '' using 0:2 with boxes ls 1 lw 1 title "live then"
