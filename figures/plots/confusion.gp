# What LeNet-5 said about the digits of each class
f = data . "/confusion.tsv"
set datafile separator "\t"
set terminal svg size 640,560 dynamic enhanced rounded \
    font "inherit,17" name name


set size ratio 0.85
unset grid
unset border
set xtics 1 scale 0
set ytics 1 scale 0
set xlabel "what it said"
set ylabel "what it was" offset 1.5,0
set style fill solid 1 noborder
stats f every ::1 using ($1 == $2 ? 0 : $3) nooutput
set xrange [-0.5:9.5]
set yrange [9.5:-0.5]
most = STATS_max > 0 ? STATS_max : 1
see(c) = int(255 * (1 - 0.55 * (c > most ? 1 : c / most))) * 16777216
plot f every ::1 using ($3 == 0 ? NaN : $2):1:($2 - 0.48):($2 + 0.48):($1 - 0.48):($1 + 0.48):(see($3) + ($1 == $2 ? 1 : 2)) \
       with boxxyerror lc rgb variable, \
     f every ::1 using 2:($3 == 0 ? NaN : $1):3 with labels font ",14"
