# Relu, gelu and silu
f = data . "/gates.tsv"
set xrange [-4:3]
set yrange [-0.5:3]
set ytics 1
set xtics 1
set lmargin 4
set rmargin 3
set tmargin 1
set bmargin 2.2
set arrow from 0, graph 0 to 0, graph 1 nohead ls 9
set label "relu" at 0.9, 1.15 right tc ls 1
set label "gelu" at -0.55, -0.34 center tc ls 2
set label "silu" at -2.3, -0.36 center tc ls 3
plot f using 1:2 with lines ls 1, '' using 1:6 with lines ls 2, \
  '' using 1:7 with lines ls 3
