# The mean picture of each class of the digits
f = data . "/meandigits.tsv"
set xrange [-1:50]
set yrange [20.5:-3.5]
set size ratio -1
unset border
unset tics
unset grid
set lmargin 1
set rmargin 1
set tmargin 0
set bmargin 0
set style fill solid 1 noborder
at(c) = 10 * (int(c) % 5)
down(c) = 11 * (int(c) / 5)
# ink, the thinner the smaller the value; none where there is none
ink(v) = int(255 * (1 - v)) * 16777216
do for [c = 0:9] { set label sprintf("%d", c) at at(c) + 3.5, down(c) - 1.5 center }
plot f every ::1 using ($4 < 0.004 ? NaN : at($1) + $2):(down($1) + $3):(at($1) + $2 - 0.5):(at($1) + $2 + 0.5):(down($1) + $3 - 0.5):(down($1) + $3 + 0.5):(ink($4)) \
  with boxxyerror lc rgb variable
