# The noweb stream of the whole book, one file of tokens a page:
# chapters/01-x.nw -> DIR/01-x.tok and, from its heading with the class
# .workshop on, DIR/01-x-workshop.tok, whose second row @workshop N says at
# which line it begins; chapters/solutions/01-x.nw -> DIR/solutions/01-x.tok.
# The caller compares and keeps what is the same.
function start(name) {
  if (out) close(out)
  out = dir "/" name ".tok"
  printf "" > out
}
function flush() { printf "%s", held > out; held = text = "" }
/^@file / {
  source = substr($0, 7)
  name = source
  sub(/^.*chapters\/|^.*weave\//, "", name)
  sub(/\.nw$/, "", name)
  start(name)
  line = 1; split_ = index(name, "/"); fence = 0
}
/^@begin / { docs = /^@begin docs/ }
# a line of prose is held until it is known what it is
docs && /^@(text|quote|endquote|use)/ {
  held = held $0 "\n"
  if (/^@text /) text = text substr($0, 7)
  next
}
docs && /^@nl/ {
  if (match(text, /^ ? ? ?(```+|~~~+)/)) fence = !fence
  if (!split_ && !fence && text ~ /^# .*\{[^{}]*\.workshop[ }]/) {
    print "@end docs 0" > out
    start(name "-workshop")
    print "@file " source "\n@workshop " line "\n@begin docs 0" > out
    split_ = 1
  }
}
docs && held != "" { flush() }
/^@(nl|index nl)/ { line++; text = "" }
{ print > out }
