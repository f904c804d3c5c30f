# Time for one token more, after a text of so many
f = data . "/cachecost.tsv"
set datafile missing "nan"
set logscale x 2
set logscale y
set xrange [0.8:2600]
set xlabel "tokens in the text"
eval yunit("ms for one more")
set format y "%g"
set label "without a cache" at 64, near(f, 64, 2) right offset -1,0.8 tc ls 2
set label "with a cache" at 64, near(f, 64, 3) center offset 0,1 tc ls 1
plot f every ::1 using 1:2 with linespoints ls 2, '' every ::1 using 1:3 with linespoints ls 1
