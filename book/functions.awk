#!/usr/bin/gawk -f
# The page of all functions: of the headers, a chapter (noweb) with every
# prototype and what its header says about it, header by header.
#   gawk -f functions.awk include/tt/tt.h include/tt/*.h > functions.nw
# What stands above a run of declarations is about each of them; what stands
# behind one, or below it and indented, is about that one. A function of
# which nothing is said is a fault. The order is that of tt.h, then as given.

FNR == 1 { finish(); file = FILENAME; sub(/.*\/include\//, "", file) }
FNR == 1 && file in open { nextfile }
file == "tt/tt.h" {
  if (/^#include "/) { gsub(/^#include "|"$/, ""); queue($0) }
  next
}
FNR == 1 {
  if (!match($0, /chapters\/[0-9]+-[a-z-]+\.nw/)) nextfile   # locate.h
  queue(file)
  source[file] = substr($0, RSTART, RLENGTH)
  open[file] = ""; next
}
FNR == 2, /^#/ {
  if (/^\/\//) { sub(/^\/\/ */, ""); open[file] = open[file] (FNR > 2 ? " " : "") $0 }
  if (!/^#/) next
}
directive || /^#/ {
  if (match($0, /^#define (tt_[a-z0-9_]+\([^)]*\))/, m)) {
    settle(); declare(m[1])
    if ((at = index($0, " // ")) > 0) say(substr($0, at + 4))
    settle()
  } else if (!directive) settle()
  directive = /\\$/
  next
}
body { if (/^}/) { body = 0; settle() } next }
/^ *$/ { settle(); lead = ""; next }
/^\/\// {
  settle()
  sub(/^\/\/ ?/, "")
  lead = told ? lead "\n" unplaced($0) : unplaced($0)
  told = 1; next
}
/^ +\/\// {
  sub(/^ +\/\/ */, "")
  say($0)
  next
}
{
  told = 0
  if (code == "") settle()
  text = $0
  if ((at = index(text, "//")) > 0) {
    say(substr(text, at + 2))
    text = substr(text, 1, at - 1)
  }
  code = code " " text
  if (code ~ /^ *(typedef +(struct|enum)|struct|enum)[^;]*{/) {
    if (code ~ /}[^;{}]*; *$/) { code = own = "" }
    next
  }
  if (code ~ /{/ ) {                 # an inline function
    sub(/ *{.*/, "", code)
    declare(code)
    body = text !~ /}/; code = ""
    if (!body) settle()
  } else if (code ~ /; *$/) {
    sub(/; *$/, "", code)
    declare(code); code = ""
  }
}

# "no place" is for tools/locate
function unplaced(s) { gsub(/(; )?\<no places?\>[:;]? ?/, "", s); return s }
function say(s) {
  s = unplaced(s)
  gsub(/^ +| +$/, "", s)
  if (s != "") own = own (own == "" ? "" : " ") s
}
function queue(f) { if (!(f in known)) { known[f]; order[++files] = f } }

# a declaration, if it is one of a function
function declare(c) {
  gsub(/__attribute__ *\(\([^()]*(\([^()]*\)[^()]*)*\)\)/, "", c)
  gsub(/(^| )(static|inline|extern|TT_NORETURN|TT_INLINE|_Noreturn)( |$)/, " ", c)
  gsub(/(^| )(static|inline|extern|TT_NORETURN|TT_INLINE|_Noreturn)( |$)/, " ", c)
  gsub(/[ \t]+/, " ", c); gsub(/^ | $/, "", c); sub(/ \(/, "(", c)
  sub(/^TT_BEGIN /, "", c)
  if (c ~ /^typedef|^TT_(BEGIN|END)$/ || !match(c, /^[^(=,]*\<tt_[a-z0-9_]+\(/)) {
    if (c !~ /^TT_(BEGIN|END)$/) name = ""
    return
  }
  prototype = c
  name = substr(c, RSTART, RLENGTH - 1); sub(/.*[^a-z0-9_]/, "", name)
}

# all that is said about the last declaration has been read
function settle() {
  if (name != "" && !(name in have)) {
    have[name]
    n[file]++
    id = file SUBSEP n[file]
    proto[id] = prototype; about[id] = own; above[id] = lead; called[id] = name
    if (own == "" && lead == "") {
      printf "%s: %s says nothing about %s\n", source[file], file, name > "/dev/stderr"
      faults++
    }
  }
  name = own = ""
}
function finish() { settle(); lead = code = ""; told = body = directive = 0 }

# ---- the page
# as a sentence, with what is C in [[...]]; c: a prototype that it is about
function sentence(s, c,    out, first) {
  gsub(/\n/, " ", s); gsub(/^ +| +$/, "", s)
  if (match(s, /^[a-z][a-z]+([ ,;:.-]|$)/)) {
    first = substr(s, 1, RLENGTH); gsub(/[^a-z]/, "", first)
    if (c !~ "\\<" first "\\>") s = toupper(substr(s, 1, 1)) substr(s, 2)
  }
  if (s !~ /[.:?]$/) s = s "."
  while (match(s, /\<(tt_[a-z0-9_]*[a-z0-9]|TT_[A-Z0-9_]+)(\([a-z0-9_, ]*\))?/)) {
    out = out plain(substr(s, 1, RSTART - 1)) "[[" substr(s, RSTART, RLENGTH) "]]"
    s = substr(s, RSTART + RLENGTH)
  }
  return out plain(s)
}
# what stands above: lines that are set in, as formulas are, stay as they are
function paragraph(s, c,    line, i, k, text, block) {
  k = split(s, line, "\n")
  for (i = 1; i <= k + 1; i++) {
    if (i <= k && line[i] ~ /^  /) { block = block line[i] "\n"; continue }
    if (block != "") {
      if (text != "") { sub(/ *$/, ":", text); sub(/::$/, ":", text); print sentence(text, c) "\n" }
      printf "```text\n%s```\n\n", block
      block = text = ""
    }
    if (i <= k) text = text " " line[i]
  }
  if (text ~ /[^ ]/) print sentence(text, c) "\n"
}
function plain(s) { gsub(/[][\\`*_{}<>|$^~#@"'-]/, "\\\\&", s); return s }

END {
  finish()
  if (faults) {
    print "  cure: a comment above it, behind it, or below it and indented" > "/dev/stderr"
    exit 1
  }
  for (f in n) total += n[f]
  if (!total) { print "functions.awk: no function in these headers" > "/dev/stderr"; exit 1 }
  print "# Every function\n"
  print "The " total " functions of the library, header by header, in the words of the"
  print "headers. A name leads to where the book builds it. All headers"
  print "come with `#include <tt/tt.h>`, but those that say for whom they are.\n"
  for (i = 1; i <= files; i++) {
    f = order[i]
    if (!n[f]) continue
    slug = source[f]; sub(/.*\/[0-9]+-/, "", slug); sub(/\.nw$/, "", slug)
    anchor = f; gsub(/[^a-z0-9]+/, "-", anchor)
    title = open[f]; sub(/^[^ ]* - /, "", title)
    print "\n## " f " {#" anchor "}\n\n" sentence(title, "") " @chp:" slug " builds it.\n"
    before = ""
    for (k = 1; k <= n[f]; k++) {
      id = f SUBSEP k
      if (above[id] != before) print ""
      if (above[id] != before && above[id] != "") paragraph(above[id], proto[id])
      else if (above[id] != before) print "Others:\n"
      before = above[id]
      print "- [[" proto[id] "]]" (about[id] == "" ? "" : "\\\n  " sentence(about[id], proto[id]))
    }
  }
}
