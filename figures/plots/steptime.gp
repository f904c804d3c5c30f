# Time of a training step for each example, by part
f = data . "/steptime.tsv"
set style data histograms
set style histogram rowstacked
set style fill solid 0.85 border 0
set boxwidth 0.7
set xlabel "examples in a batch"
eval yunit("µs per example")
set key top right reverse Left invert samplen 1 spacing 1.1
plot f every ::1 using 3:xtic(1) ls 1 lw 1 title "forward", \
     '' every ::1 using 4 ls 2 lw 1 title "backward", \
     '' every ::1 using 5 ls 3 lw 1 title "optimizer", \
     '' every ::1 using 2 ls 4 lw 1 title "data (hardly any)"
