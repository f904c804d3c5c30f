# ccode.awk: C as a compiler reads it, for awk programs; used with -f
# before theirs. The one place that decides what is a comment, what is in
# quotes, and whether an exercise still says TT_TODO.

# The code of a text: lines that were split are joined, a comment is a
# blank, a string "" and a character constant 0. What is not closed ends
# with the text, or with its line.
function c_code(text,    n, i, part, between, out, c) {
  gsub(/\?\?\/\r?\n|\\\r?\n/, "", text)
  n = patsplit(text, part,
    /\/\/[^\n]*|\/\*([^*]|\*+[^*\/])*\*+\/|"([^"\\\n]|\\[^\n])*"|'([^'\\\n]|\\[^\n])*'/, between)
  for (i = 0; i <= n; i++) {
    c = i ? substr(part[i], 1, 1) : ""
    out = out (c == "" ? "" : c == "/" ? " " : c == "\"" ? "\"\"" : "0") between[i]
  }
  sub(/\/\*.*/, "", out)
  return out
}
function c_todo(text) {
  return index(text, "TT_TODO") && c_code(text) ~ /(^|[^A-Za-z0-9_])TT_TODO[ \t\n]*\(/
}
