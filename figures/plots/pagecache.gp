# Time to read a picture: cold and warm page cache, read and mmap
f = data . "/pagecache.tsv"
set datafile separator "\t"
set logscale y
set yrange [0.1:*]
set xrange [-0.6:3.6]
eval yunit("µs a picture")
set format y "%g"
set grid noxtics
set boxwidth 0.36
set style fill solid 0.85 noborder
set bmargin 4
set xtics ("in order\ncold" 0, "in order\nwarm" 1, "shuffled\ncold" 2, "shuffled\nwarm" 3)
set label "pread" at graph 0.3, graph 0.95 left tc ls 1
set label "mmap" at graph 0.3, graph 0.87 left tc ls 2
plot f every ::1 using ($0 - 0.19):3 with boxes lc rgb '#000001', \
     '' every ::1 using ($0 + 0.19):4 with boxes lc rgb '#000002'
