# The points, and the line after some mistakes and after the last
f = data . "/perceptron.tsv"
set xrange [-1.05:1.05]
set yrange [-1.05:1.05]
set xtics -1,0.5
set ytics -1,0.5
set xlabel "x_1" offset 0,0.6
eval yunit("x_2")
set tmargin 3.6
w(k, c) = real(system(sprintf("awk -F'\t' '$1 == \"line%d\" { print $%d }' %s", k, c + 1, f)))
last = int(system("awk -F'\t' '/^line/ { n++ } END { print n }' " . f))
array k[4] = [2, 4, 9, last]
array a[4]; array b[4]; array c[4]
do for [i = 1:4] { a[i] = w(k[i], 1); b[i] = w(k[i], 2); c[i] = w(k[i], 3) }
line(i, x) = -(a[i] * x + c[i]) / b[i]
top(i) = -(b[i] * 1.05 + c[i]) / a[i]
do for [i = 1:3] { set label sprintf("%d", k[i]) at top(i), 1.05 center offset 0.6,0.6 tc ls 9 }
set label sprintf("%d", last) at top(4), 1.05 center offset -1.2,0.6 tc ls 1
plot for [i = 1:3] line(i, x) with lines ls 9 lw 2, line(4, x) with lines ls 1, \
     f using (strcol(1) eq "plus" ? $2 : NaN):3 with points ls 3 ps 0.75, \
     f using (strcol(1) eq "minus" ? $2 : NaN):3 with points ls 2 ps 0.65
