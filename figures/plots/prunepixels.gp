# How many neurons still read each pixel of a digit
f = data . "/prunepixels.tsv"
stats f every ::1 using 3 nooutput
most = STATS_max
set xrange [-6:14]
set yrange [8:-1]
set size ratio -1
unset border
unset tics
unset grid
set lmargin 1
set rmargin 1
set tmargin 0
set bmargin 0
set style fill solid 1 noborder
ink(v) = int(255 * (1 - v)) * 16777216
plot f every ::1 using 1:2:($1 - 0.48):($1 + 0.48):($2 - 0.48):($2 + 0.48):(ink($3 / most)) \
  with boxxyerror lc rgb variable, \
  f every ::1 using 1:2:($3) with labels font ",13" notitle
