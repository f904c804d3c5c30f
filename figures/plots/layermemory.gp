# Memory that is live after each layer of a training step, and the peak on the way there
f = data . "/layermemory.tsv"
set datafile separator "\t"
set terminal svg size 640,440 dynamic enhanced rounded \
    font "inherit,17" name name
set style fill solid 0.85 noborder
set boxwidth 0.7
set yrange [0:105]
set xrange [-0.7:15.7]
eval yunit("MiB")
set xtics rotate by 90 right scale 0 offset 0,0
set bmargin 6
set rmargin 6
set key top left reverse Left samplen 1 spacing 1.1
set arrow from 7.5, graph 0 to 7.5, graph 1 nohead ls 9
set label "forward" at 7.3, graph 1 offset 0,0.6 right tc ls 9
set label "back" at 7.7, graph 1 offset 0,0.6 left tc ls 9
set key at graph 0.02, graph 0.98
plot f every ::1 using 0:3:xtic(1) with boxes fs solid 0.28 ls 2 lw 1 title "highest on the way", \
     '' every ::1 using 0:2 with boxes ls 1 lw 1 title "live then"
