# How many times as fast as the formula, on every rung, four kinds of work
f = data . "/rungs.tsv"
set datafile separator "\t"
set terminal svg size 640,440 dynamic enhanced rounded \
    font "inherit,17" name name
set logscale y
set xrange [-0.4:8.6]
set yrange [0.8:100000]
set format y "%g"
eval yunit("times as fast as the formula")
set xtics rotate by 90 right font ",14"
set bmargin 5
set rmargin 4
first(c) = real(system(sprintf("awk -F'\t' 'NR == 2 { print $%d }' %s", c, f)))
a2 = first(2); a3 = first(3); a4 = first(4); a5 = first(5)
set key top left maxrows 2 reverse Left samplen 1.5 spacing 1.1
plot f every ::1 using 0:(a2 / $2):xtic(1) with linespoints ls 1 title "product", \
     '' every ::1 using 0:(strcol(1) eq "blas" ? NaN : a5 / $5) with linespoints ls 2 title "TinyGPT", \
     '' every ::1 using 0:(strcol(1) eq "blas" ? NaN : a4 / $4) with linespoints ls 3 title "deep network", \
     '' every ::1 using 0:(strcol(1) eq "blas" ? NaN : a3 / $3) with linespoints ls 4 title "LeNet-5"
