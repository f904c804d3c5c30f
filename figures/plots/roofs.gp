# The operations of two models under the roofs of the machine
f = data . "/roofs.tsv"
set datafile separator "\t"
set logscale xy
set xrange [0.05:200]
set yrange [0.05:200]
set xlabel "FLOP for each byte"
set format "%g"
eval yunit("GFLOP/s")
gemm = real(system("awk -F'\t' '$1 == \"# roofs.gemm\" { print $2 + 0 }' " . f))
memory = real(system("awk -F'\t' '$1 == \"# roofs.memory\" { print $2 + 0 }' " . f))
cache = real(system("awk -F'\t' '$1 == \"# roofs.cache\" { print $2 + 0 }' " . f))
roof(x, r) = x * r < gemm ? x * r : gemm
set label "products" at 200, gemm right offset 0,0.7 tc ls 9
set label "memory" at 0.9, memory * 0.9 left offset 0.6,-0.6 tc ls 9
set label "cache" at 0.2, gemm left offset 0,0.7 tc ls 9
set key bottom right reverse Left samplen 1 spacing 1.1
set samples 400
plot roof(x, memory) with lines lc rgb '#000009' lw 2 notitle, \
     roof(x, cache) with lines lc rgb '#000009' lw 1.2 dt (7,6) notitle, \
     f every ::1 using (strcol(1) eq "tinygpt" ? $3 : NaN):4 with points ls 1 ps 0.9 title "TinyGPT", \
     f every ::1 using (strcol(1) eq "cifar" ? $3 : NaN):4 with points ls 2 ps 0.9 title "deep network"
