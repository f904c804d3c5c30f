# Forty words in the plane of their first two principal components
f = data . "/wordmap.tsv"
set datafile separator "\t"
set terminal svg size 640,520 dynamic enhanced rounded \
    font "inherit,15" name name
unset grid
set border 0
unset tics
set lmargin 1
set rmargin 1
set tmargin 0.5
set bmargin 0.5
stats f every ::1 using 2 name "X" nooutput
stats f every ::1 using 3 name "Y" nooutput
set xrange [X_min - 0.1 : X_max + 0.22]
set yrange [Y_min - 0.06 : Y_max + 0.06]
plot for [k = 1:5] f every ::1 using ($1 == k ? $2 : NaN):3 with points ls k ps 0.5, \
     for [k = 1:5] f every ::1 using ($1 == k ? $2 : NaN):3:4 with labels left offset 0.5,0 tc ls k font ",14"
