# Bytes of two networks after each stage, as a part of those at first
f = data . "/deep.tsv"
set datafile separator "\t"
set logscale y
set xrange [-0.5:4.5]
set yrange [0.7:120]
set format y "%g"
set xtics ("whole" 0, "pruned" 1, "gaps" 2, "shared" 3, "coded" 4)
eval yunit("times smaller")
set key top left
plot "<awk -F'\t' '$1 == \"digits\"' " . f using ($0):5 with linespoints ls 2 title "digits", \
     "<awk -F'\t' '$1 == \"cifar\"' " . f using ($0):5 with linespoints ls 1 title "photographs"
