# Forty words in the plane of their first two principal components
f = data . "/wordmap.tsv"
set datafile separator "\t"
set terminal svg size 640,600 dynamic enhanced rounded \
    font "inherit,17" name name
unset grid
set border 0
unset tics
set lmargin 1
set rmargin 1
set tmargin 0.5
set bmargin 0.5
stats f every ::1 using 2 name "X" nooutput
stats f every ::1 using 3 name "Y" nooutput
set xrange [X_min - 0.1 : X_max + 0.3]
set yrange [Y_min - 0.06 : Y_max + 0.06]
named = " father brother wife two five twenty thousand romeo tybalt montague king york clarence richard thou art hast "
shown(w) = strstrt(named, " " . w . " ") > 0 ? w : ""
plot for [k = 1:5] f every ::1 using ($1 == k ? $2 : NaN):3 with points ls k ps 0.5, \
     for [k = 1:5] f every ::1 using ($1 == k && strlen(shown(strcol(4))) ? $2 : NaN):3:(shown(strcol(4))) \
       with labels left offset 0.6,0 tc ls k font ",16"
