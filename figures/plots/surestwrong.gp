# Eight digits about which LeNet-5 is surest, and wrong
f = data . "/surestwrong.tsv"
set datafile separator "\t"
set terminal svg size 640,330 dynamic enhanced rounded \
    font "inherit,17" name name
stats f every ::1 using 2 nooutput
n = STATS_max + 1
stats f every ::1 using 1 nooutput
most = STATS_max
set xrange [-0.05:4.35]
set yrange [2.55:-0.28]
set size ratio -1
unset border
unset tics
unset grid
set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set style fill solid 1 noborder
at(k) = 1.1 * (int(k) % 4)
down(k) = 1.36 * (int(k) / 4)
ink(v) = int(255 * (1 - v)) * 16777216
cell(k, c) = system(sprintf("awk -F'\t' '$1 == %d { print $%d; exit }' %s", k, c, f))
do for [k = 0:most] { set label sprintf("%s, said %s", cell(k, 5), cell(k, 6)) at at(k) + 0.5, down(k) - 0.12 center }
plot f every ::1 using ($4 < 0.02 ? NaN : at($1) + ($2 + 0.5) / n):(down($1) + ($3 + 0.5) / n):(at($1) + $2 / n):(at($1) + ($2 + 1) / n):(down($1) + $3 / n):(down($1) + ($3 + 1) / n):(ink($4)) \
  with boxxyerror lc rgb variable
