# Accuracy against the time of an answer, the reference's being 1
f = data . "/front.tsv"
set datafile separator "\t"
set logscale x
set xlabel "time of an answer, the reference's being 1"
eval yunit("percent right")
set arrow from 1, graph 0 to 1, graph 1 nohead ls 9
set offsets graph 0.12, graph 0.2, graph 0.12, graph 0.12
plot f using 1:2:3:4 with xerrorbars ls 1, \
     f using 1:2:5 with labels left offset 0.8,0.6
