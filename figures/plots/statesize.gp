# Memory of a model and its optimizer after one step
f = data . "/statesize.tsv"
set terminal svg size 640,330 dynamic enhanced rounded \
    font "inherit,17" name name
set datafile separator "\t"
set lmargin 12
set border 1
set xrange [0:21]
set yrange [5.6:0.2]
set xtics 4
set grid noytics
set ytics scale 0
set xlabel "MiB"
set style fill solid 0.75 border
set ytics offset 0.5,0
set label "weights" at 2, 0.35 center tc ls 1
set label "gradients" at 6, 0.35 center tc ls 3
set label "kept by the optimizer" at 8.3, 0.35 left tc ls 2
plot f every ::1 using (0.5 * $2):($0 + 1):(0.5 * $2):(0.3):ytic(1) \
       with boxxyerror lc rgb '#000001', \
     '' every ::1 using ($2 + 0.5 * $3):($0 + 1):(0.5 * $3):(0.3) \
       with boxxyerror lc rgb '#000003', \
     '' every ::1 using ($2 + $3 + 0.5 * $4):($0 + 1):(0.5 * $4):(0.3) \
       with boxxyerror lc rgb '#000002'
