# What each query reads while the network reverses
f = data . "/" . name . ".tsv"
set datafile separator "\t"
set terminal svg size 640,380 dynamic enhanced rounded \
    font "inherit,17" name name
set size ratio 0.52
set tmargin 0.5
set lmargin 4
set rmargin 1
unset grid
unset border
set xrange [-1.4:19.6]
set yrange [20.3:9.4]
set tics scale 0
unset xtics
unset ytics
set style fill solid 1 noborder
set xlabel "what is there"
set ylabel "what is written" offset -1,0
name_of(c) = c == 10 ? ">" : c == 11 ? "" : sprintf("%d", c)
see(w) = int(255 * (1 - (w > 1 ? 1 : w))) * 16777216 + 1
plot f every ::1 using ($3 < 0.02 ? NaN : $2):1:($2 - 0.47):($2 + 0.47):($1 - 0.47):($1 + 0.47):(see($3)) \
       with boxxyerror lc rgb variable, \
     f every ::1 using ($1 == 10 ? $2 : NaN):(20):(name_of($4)) with labels, \
     f every ::1 using ($2 == 0 ? -1 : NaN):1:(name_of($5)) with labels
