# Live bytes and their peak at each moment of a training step
f = data . "/trainingmemory.tsv"
set style fill solid 0.85 noborder
set boxwidth 0.62
set yrange [0:3000]
set xrange [-0.7:6.7]
eval yunit("KiB")
set key top left reverse Left samplen 1 spacing 1.1
plot f every ::1 using 0:3:xtic(1) with boxes fs solid 0.28 ls 2 lw 1 title "highest on the way there", \
     '' every ::1 using 0:2 with boxes ls 1 lw 1 title "live then"
