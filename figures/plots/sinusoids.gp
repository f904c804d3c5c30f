# Sinusoidal positions: 32 rows of 48 numbers
f = data . "/sinusoids.tsv"
set terminal svg size 640,470 dynamic enhanced rounded \
    font "inherit,17" name name
unset grid
unset border
set xtics 8 scale 0
set ytics 8 scale 0
set xlabel "column"
set ylabel "position" offset 1.5,0
set style fill solid 1 noborder
set xrange [-0.5:47.5]
set yrange [31.5:-0.5]
# ink of one color above 0, of the other below
ink(v) = int(255 * (1 - 0.99 * abs(v))) * 16777216 + (v > 0 ? 1 : 2)
level(v) = int(v * 5 + (v > 0 ? 0.5 : -0.5))
plot for [k = -5:5] f every ::1 using (k == 0 || level($3) != k ? NaN : $2):1:($2 - 0.5):($2 + 0.5):($1 - 0.5):($1 + 0.5):(ink(k / 5.0)) \
       with boxxyerror lc rgb variable
