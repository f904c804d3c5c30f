# Where the parameters of four models are
f = data . "/parts.tsv"
set datafile separator "\t"
set style data histograms
set style histogram rowstacked
set style fill solid 0.85 border 0
set boxwidth 0.7
set yrange [0:100]
eval yunit("percent")
set key outside right center Left reverse invert samplen 1 spacing 1.1
label(n, m) = n . "\n" . (m < 1 ? sprintf("%.2f M", m) : sprintf("%.0f M", m))
plot f every ::1 using 3:xtic(label(strcol(1), $2)) ls 3 lw 1 title "tokens", \
     '' every ::1 using 4 ls 4 lw 1 title "places", \
     '' every ::1 using 5 ls 2 lw 1 title "attention", \
     '' every ::1 using 6 ls 1 lw 1 title "MLP"
