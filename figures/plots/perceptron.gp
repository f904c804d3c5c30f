# The points, and the line after some mistakes
f = data . "/perceptron.tsv"
set xrange [-1.05:1.05]
set yrange [-1.05:1.05]
set xtics -1,0.5
set ytics -1,0.5
set xlabel "x_1" offset 0,0.6
eval yunit("x_2")
w(k, c) = real(system(sprintf("awk -F'\t' '$1 == \"line%d\" { print $%d }' %s", k, c + 1, f)))
last = int(system("awk -F'\t' '/^line/ { n++ } END { print n }' " . f))
y(k, x) = -(w(k, 1) * x + w(k, 3)) / w(k, 2)
array a[4]; array b[4]; array c[4]; array k[4]
k[1] = 1; k[2] = 4; k[3] = 9; k[4] = last
do for [i = 1:4] { a[i] = w(k[i], 1); b[i] = w(k[i], 2); c[i] = w(k[i], 3) }
line(i, x) = -(a[i] * x + c[i]) / b[i]
plot for [i = 1:4] line(i, x) with lines ls (i == 4 ? 1 : 9) lw (i == 4 ? 3 : 1.5), \
     f using (strcol(1) eq "plus" ? $2 : NaN):3 with points ls 3 ps 1, \
     f using (strcol(1) eq "minus" ? $2 : NaN):3 with points ls 2 ps 0.9
