# The noweb stream of the whole book, one file of tokens a source file:
# chapters/01-x.nw -> DIR/01-x.tok, chapters/solutions/01-x.nw ->
# DIR/solutions/01-x.tok. The caller compares and keeps what is the same.
/^@file / {
  if (out) close(out)
  out = substr($0, 7)
  sub(/^.*chapters\/|^.*weave\//, "", out)
  sub(/\.nw$/, ".tok", out)
  out = dir "/" out
  printf "" > out
}
{ print > out }
