# Relu, leaky relu, sigmoid and tanh
f = data . "/curves.tsv"
set xrange [-4:4]
set yrange [-1.25:2.6]
set ytics 1
set xtics 2
set lmargin 4
set rmargin 3
set tmargin 1
set bmargin 2.2
set arrow from 0, graph 0 to 0, graph 1 nohead ls 9
set label "relu" at 2.15, 2.4 right tc ls 1
set label "tanh" at 3.9, 1.14 right tc ls 2
set label "sigmoid" at 3.9, 0.78 right tc ls 3
set label "leaky relu" at -2.6, -0.5 center tc ls 4
plot f using 1:5 with lines ls 2, '' using 1:4 with lines ls 3, \
  '' using 1:3 with lines ls 4 dt (4,2), '' using 1:2 with lines ls 1
