# Time of a pass by the operations that are left
f = data . "/prunenarrow.tsv"
set datafile separator "\t"
set xrange [0:105]
set yrange [0:*]
set xlabel "operations, %"
eval yunit("ms with 64 photographs")
set key top left
plot f every ::1 using 2:($1 == 1 ? $3 : NaN) with points ls 1 title "multiples of 1", \
  '' every ::1 using 2:($1 == 8 ? $3 : NaN) with points ls 2 title "of 8", \
  '' every ::1 using 2:($1 == 16 ? $3 : NaN) with points ls 3 title "of 16"
