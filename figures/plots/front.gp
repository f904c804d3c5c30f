# Eighteen networks for the digits by bytes and accuracy, and the front
f = data . "/front.tsv"
set datafile separator "\t"
set logscale x
set xrange [0.4:110]
set yrange [88:98]
set xlabel "KiB of weights"
eval yunit("% right")
set key bottom right reverse Left samplen 1 spacing 1.1
is(name, on) = (strcol(1)[1:strlen(name)] eq name && (on < 0 || $6 == on)) ? 100 * $2 : NaN
kib(b) = b / 1024
plot f every ::1 using (kib($4)):(is("f32", -1)) with points ls 1 pt 6 ps 1.6 title "f32", \
     '' every ::1 using (kib($4)):(is("int8", -1)) with points ls 2 pt 8 ps 1.6 title "int8", \
     '' every ::1 using (kib($4)):(is("int4", -1)) with points ls 3 pt 4 ps 1.6 title "int4", \
     '' every ::1 using (kib($4)):(is("f32", 1)) with points ls 1 pt 7 ps 1.6 notitle, \
     '' every ::1 using (kib($4)):(is("int8", 1)) with points ls 2 pt 9 ps 1.6 notitle, \
     '' every ::1 using (kib($4)):(is("int4", 1)) with points ls 3 pt 5 ps 1.6 notitle
