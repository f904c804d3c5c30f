# Seconds for the milestones, with naive kernels and with the fastest
f = data . "/milestones.tsv"
set datafile separator "\t"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.85 border 0
set logscale y
set yrange [0.1:*]
set format y "%g"
eval yunit("seconds")
set key top left reverse Left samplen 1 spacing 1.1
plot f every ::1 using 3:xtic(1) ls 1 lw 1 title "naive", '' every ::1 using 4 ls 2 lw 1 title "fastest"
