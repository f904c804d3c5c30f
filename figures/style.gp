# figures/style.gp - one look for every plot. Set by tools/plot: name.
# Colors are stand-ins: tools/plot turns black into currentColor and
# #000001 .. #000006 into var(--series-1) .. var(--series-6), so a plot
# follows the theme of the page it stands in.
set terminal svg size 640,400 dynamic enhanced rounded \
    font "inherit,17" name name
set encoding utf8
set minussign
set border 3 lw 1
set tics nomirror out scale 0.6,0
set grid lw 1 lc rgb '#de000000' dt solid
set key off
set lmargin 7
set rmargin 3
set tmargin 3
set bmargin 3.2
set xtics offset 0,0.2
set xlabel offset 0,0.4
set style line 1 lc rgb '#000001' lw 3 pt 7 ps 0.75
set style line 2 lc rgb '#000002' lw 3 pt 5 ps 0.7
set style line 3 lc rgb '#000003' lw 3 pt 9 ps 0.85
set style line 4 lc rgb '#000004' lw 3 pt 13 ps 0.9
set style line 5 lc rgb '#000005' lw 3 pt 11 ps 0.85
set style line 6 lc rgb '#000006' lw 3 pt 15 ps 0.8
set style line 9 lc rgb '#000009' lw 1.2 dt (7,6)   # marks, muted

# The unit of y stands above the axis, upright: easier than a turned one.
yunit(s) = sprintf("set label 90 '%s' at graph 0, graph 1 offset -4.5,1.3 left", s)
# Powers of ten and of two as people write them.
bytes(k) = k < 1024 ? sprintf("%g KiB", k) : \
           k < 1048576 ? sprintf("%g MiB", k / 1024) : \
           sprintf("%g GiB", k / 1048576)
count(n) = n < 1000 ? sprintf("%g", n) : n < 1e6 ? sprintf("%gk", n / 1e3) : \
           n < 1e9 ? sprintf("%gM", n / 1e6) : sprintf("%gG", n / 1e9)
# machine("l3_kib"): a value of the machine that measured.
machine(key) = system("awk -F'\t' -v k=" . key . " '$1 == k { print $2 }' " \
                      . data . "/machine.tsv")
# near(f, x, c): column c of file f in the first row at x or beyond, to
# put a label beside its curve.
near(f, x, c) = real(system(sprintf( \
    "awk -F'\t' '$1 + 0 >= %.9g { v = $%d; exit } { v = $%d } END { print v }' %s", \
    x, c, c, f)))
