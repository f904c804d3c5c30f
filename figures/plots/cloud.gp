# A cloud of points, and the direction after each step of power iteration
f = data . "/cloud.tsv"
set datafile separator "\t"
set terminal svg size 640,430 dynamic enhanced rounded \
    font "inherit,17" name name
set size ratio -1
unset grid
set border 0
unset tics
set lmargin 1
set rmargin 1
set tmargin 0.5
set bmargin 0.5
set xrange [-5.2:5.2]
set yrange [-3.6:3.6]
val(k, c) = real(system(sprintf("awk -F'\t' '$1 == \"step%d\" { print $%d }' %s", k, c, f)))
do for [k = 0:5] {
  set arrow from 0, 0 to 3.1 * val(k, 2), 3.1 * val(k, 3) ls 2 lw (k == 5 ? 3 : 1.4) head filled size 0.16,20
  if (k < 5) { set label sprintf("%d", k) at 3.35 * val(k, 2), 3.35 * val(k, 3) center tc ls 2 }
}
plot f every ::1 using (strcol(1) eq "point" ? $2 : NaN):3 with points ls 1 ps 0.45
