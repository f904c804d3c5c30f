# A digit, the six filters of the first layer, their maps, and the pooled maps
f = data . "/featuremaps.tsv"
set datafile separator "\t"
set terminal svg size 640,370 dynamic enhanced rounded \
    font "inherit,17" name name
set size ratio -1
unset border
unset tics
unset grid
set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set style fill solid 1 noborder
set xrange [-32:190]
set yrange [118:-4]
row(s) = s eq "picture" ? 36 : s eq "filter" ? 0 : s eq "map" ? 35 : s eq "pooled" ? 70 : 106
cell(s) = s eq "filter" ? 28.0 / 5 : s eq "pooled" ? 2 : s eq "second" ? 2 : 1
at(s, k) = s eq "picture" ? -30 : s eq "second" ? 12 * k : 32 * k
down(s) = row(s)
ink(v) = int(255 * (1 - abs(v))) * 16777216 + (v > 0 ? 1 : 2)
dark(s, v) = s eq "picture" ? int(255 * (1 - abs(v))) * 16777216 : ink(v)
set label "filters" at -31, 14 left
set label "pooled" at -31, 84 left
set label "second" at -31, 111 left
plot f every ::1 using (abs($5) < 0.12 ? NaN : at(strcol(1), $2) + cell(strcol(1)) * ($3 + 0.5)):(down(strcol(1)) + cell(strcol(1)) * ($4 + 0.5)):(at(strcol(1), $2) + cell(strcol(1)) * $3):(at(strcol(1), $2) + cell(strcol(1)) * ($3 + 1)):(down(strcol(1)) + cell(strcol(1)) * $4):(down(strcol(1)) + cell(strcol(1)) * ($4 + 1)):(dark(strcol(1), $5)) \
  with boxxyerror lc rgb variable
