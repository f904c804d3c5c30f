# What the loss grows by if one layer alone has 4 bits
f = data . "/eachlayer.tsv"
set style fill solid noborder
set boxwidth 0.6
set xtics nomirror font ",11"
set xrange [-0.6:5.6]
eval yunit("more loss")
set yrange [-0.001:*]
plot f every ::1 using 0:4:xtic(1) with boxes ls 1
