# Error of a difference as a function of its step
f = data . "/stepsize.tsv"
set logscale xy
set xrange [1e-16:2]
set yrange [1e-12:10]
set xtics ("10^{−16}" 1e-16, "10^{−12}" 1e-12, "10^{−8}" 1e-8, "10^{−4}" 1e-4, "1" 1)
set ytics ("10^{−12}" 1e-12, "10^{−9}" 1e-9, "10^{−6}" 1e-6, "10^{−3}" 1e-3, "1" 1)
set xlabel "step h"
set lmargin 8
eval yunit("error of the derivative")
set label "float" at 2e-6, 0.4 left tc ls 2
set label "one side" at 8e-7, 1.2e-5 right tc ls 3
set label "double" at 2e-9, 2e-9 right offset 0,-0.6 tc ls 1
plot f using 1:3 with lines ls 3 dt (6,4), f using 1:2 with lines ls 2, \
     f using 1:4 with lines ls 1
