# The probability of each character that was chosen
f = data . "/surprise.tsv"
set yrange [0:1]
set xrange [-1:64]
set xlabel "what was written"
eval yunit("probability")
set grid noxtics
set xtics scale 0 font ",12"
set style fill solid 0.85 noborder
set boxwidth 0.7
plot f every ::1 using 1:2:xtic(3) with boxes ls 1
