# The filters of the first layer, before and after pruning
f = data . "/prunefilters.tsv"
set datafile separator "\t"
set terminal svg size 640,150 dynamic enhanced rounded \
    font "inherit,17" name name
set xrange [-1:128]
set yrange [21:-1]
set size ratio -1
unset border
unset tics
unset grid
set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set style fill solid 1 noborder
at(k) = 4 * k
down(w) = 11 * w
ink(v) = int(255 * (1 - abs(v))) * 16777216 + (v > 0 ? 1 : 2)
plot f every ::1 using ($5 == 0 ? NaN : at($2) + $3):(down($1) + $4):(at($2) + $3 - 0.5):(at($2) + $3 + 0.5):(down($1) + $4 - 0.5):(down($1) + $4 + 0.5):(ink($5)) \
  with boxxyerror lc rgb variable
