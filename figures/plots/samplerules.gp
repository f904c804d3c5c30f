# What each rule leaves of twelve characters
f = data . "/samplerules.tsv"
set xrange [-0.7:11.7]
set yrange [0:6.3]
set lmargin 15
set tmargin 1
unset ytics
set xtics scale 0
set grid noxtics noytics
set border 0
array rule[6] = ["the model", "temperature 0.5", "temperature 2", "top-k 3", "top-p 0.8", "min-p 0.1"]
do for [i=1:6] { set label rule[i] at -0.9, 6 - i + 0.2 right }
set style fill solid 0.85 noborder
h(p) = 1.6 * p
plot f every ::1 using 2:(5 - $1):($2 - 0.36):($2 + 0.36):(5 - $1):(5 - $1 + h($3)):xtic(4) with boxxyerror ls 1, \
     for [i=0:5] i with lines ls 9, \
     f every ::1 using 2:(5 - $1 + h($3) + 0.16):($3 < 0.005 ? "" : sprintf("%.0f", 100 * $3)) with labels font ",13"
