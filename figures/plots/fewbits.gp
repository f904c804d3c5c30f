# Right answers of the digit network over the bits of a weight
f = data . "/fewbits.tsv"
set xrange [1.6:8.4]
set xtics 2,1,8
set xlabel "bits of a weight"
eval yunit("% right")
set label "trained with the rounding" at 2.1, near(f, 2, 5) left offset 0.5,1 tc ls 1
set label "rounded after training" at 2, near(f, 2, 2) left offset 1.2,0 tc ls 2
plot f every ::1 using ($1-0.11):3:(0):($4-$3) with vectors nohead ls 2, \
     '' every ::1 using ($1-0.11):2 with points ls 2, \
     '' every ::1 using ($1+0.11):6:(0):($7-$6) with vectors nohead ls 1, \
     '' every ::1 using ($1+0.11):5 with points ls 1
