# The weights of the convolutions, before and after nine tenths are gone
f = data . "/pruneweights.tsv"
set datafile separator "\t"
set xlabel "weight"
set yrange [0:*]
set xrange [-0.2:0.2]
eval yunit("thousands in a bin")
set label "whole" at 0.05, near(f, 0.05, 2) left offset 1,0.5 tc ls 2
set label "what is left" at 0.11, near(f, 0.11, 3) left offset 0.5,0.9 tc ls 1
plot f every ::1 using 1:2 with histeps ls 2, '' every ::1 using 1:3 with histeps ls 1
