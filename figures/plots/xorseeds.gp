# How many of a hundred networks solve XOR
f = data . "/xorseeds.tsv"
set terminal svg size 640,520 dynamic enhanced rounded \
    font "inherit,17" name name
set datafile separator "\t"
set lmargin 17
set rmargin 3
set border 1
set xrange [0:100]
set yrange [11.6:0.4]
set xtics 20
set grid noytics
set ytics scale 0
set ytics ("1986: 2 units" 1)
set xlabel "networks of 100"
set style fill solid border
set boxwidth 0.62
set tmargin 2.2
set label "in 3,000 steps" at 1, 0.15 left tc ls 1
set label "in 30,000" at 60, 0.15 center tc rgb '#000009'
set label "stuck" at 100, 0.15 right tc ls 2
set ytics offset 0.5,0
plot f every ::1 using (0.5 * $2):($0 + 1):(0.5 * $2):(0.31):ytic(1) \
       with boxxyerror lc rgb '#000001', \
     '' every ::1 using ($2 + 0.5 * $3):($0 + 1):(0.5 * $3):(0.31) \
       with boxxyerror lc rgb '#000001' fs transparent solid 0.35, \
     '' every ::1 using (100 - 0.5 * $4):($0 + 1):(0.5 * $4):(0.31) \
       with boxxyerror lc rgb '#000002' fs transparent solid 0.12
