# Who has the memory during a step of TinyGPT
f = data . "/memoryline.tsv"
set datafile separator "\t"
set xlabel "ms"
stats f every ::1 using ($2 + $3 + $4 + $5) nooutput
set yrange [0:1.85 * STATS_max]
eval yunit("MiB")
set style fill solid 1.0 noborder
set key top right reverse Left samplen 1 spacing 1.1
plot f every ::1 using 1:($2 + $3 + $4 + $5) with filledcurves y1=0 ls 3 lw 1 title "gradients", \
     '' every ::1 using 1:($2 + $3 + $4) with filledcurves y1=0 ls 4 lw 1 title "on the way back", \
     '' every ::1 using 1:($2 + $3) with filledcurves y1=0 ls 1 lw 1 title "activations", \
     '' every ::1 using 1:2 with filledcurves y1=0 ls 2 lw 1 title "parameters, optimizer"
