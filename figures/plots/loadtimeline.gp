# What the caller and a worker do in the first tenth of a second of an epoch
f = data . "/loadtimeline.tsv"
set xrange [0:120]
set yrange [-0.6:3.3]
set grid noy
set border 1
set xlabel "ms"
unset ytics
set style fill solid 0.85 noborder
y(w, l) = w == 0 ? 2.1 : l == 0 ? 0.8 : 0
rows(k) = sprintf("< awk -F'\t' '$3 == \"%s\"' %s", k, f)
set label "no worker: one thread does everything" at 0, 2.7 left
set label "one worker: the caller, and below it the worker" at 0, 1.4 left
set label "read" at 4, 3.25 left tc ls 2
set label "transform" at 20, 3.25 left tc ls 3
set label "wait" at 50, 3.25 left tc ls 5
set label "step" at 68, 3.25 left tc ls 1
plot for [k = 1:4] rows(word("read transform wait step", k)) \
  using (($4 + $5) / 2):(y($1, $2)):4:5:(y($1, $2) - 0.3):(y($1, $2) + 0.3) \
  with boxxyerror ls int(word("2 3 5 1", k))
