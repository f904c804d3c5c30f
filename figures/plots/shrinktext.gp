# Bytes of three models in five formats, as parts of f32
part(n) = data . "/shrink" . n . ".tsv"
live(n) = real(system("awk -F'\t' '$1 == \"f32\" { print $3 }' " . part(n)))
array all[3]
do for [i=1:3] { all[i] = live(word("digits pictures text", i)) }
set style fill solid noborder
set boxwidth 0.14
set xrange [0.4:3.6]
set yrange [0:110]
set xtics ("digits" 1, "photographs" 2, "TinyGPT" 3) nomirror
eval yunit("% of the live bytes of f32")
do for [i=1:3] for [k=1:5] { set label word("f32 f16 i8 i8w i4", k) at i + (k - 3) * 0.17, 104 center font ",13" }
plot for [i=1:3] part(word("digits pictures text", i)) every ::1 using (i + ($0 - 2) * 0.17):(100 * $3 / all[i]) with boxes ls 1
