# Slopes of relu, leaky relu, sigmoid and tanh
f = data . "/slopes.tsv"
set xrange [-4:4]
set yrange [-0.05:1.2]
set ytics 0.25
set xtics 2
set lmargin 6
set rmargin 3
set tmargin 1
set bmargin 2.2
set arrow from 0, graph 0 to 0, graph 1 nohead ls 9
set label "relu and leaky relu" at 2.4, 1.09 center tc ls 1
set label "tanh" at -0.85, 0.72 right tc ls 2
set label "sigmoid" at -1.7, 0.25 right tc ls 3
set label "leaky relu" at -3.2, 0.155 center tc ls 4
# at 0 the two jump: nothing is drawn across
left(x, y) = x <= 0 ? y : NaN
right(x, y) = x > 0 ? y : NaN
plot f using 1:5 with lines ls 2, '' using 1:4 with lines ls 3, \
  '' using 1:(left($1, $3)) with lines ls 4 dt (4,2), \
  '' using 1:(left($1, $2)) with lines ls 1, \
  '' using 1:(right($1, $2)) with lines ls 1
