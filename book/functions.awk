#!/usr/bin/gawk -f
# The page of all functions: of the headers, a chapter (noweb) with every
# prototype and what its header says about it, header by header.
#   gawk -v names=FILE -f functions.awk include/tt/tt.h include/tt/*.h > functions.nw
# FILE is the table for the index of identifiers: each name that a header
# declares, types, macros and constants too; how; and one line about it.
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
  if (/^#ifdef __cplusplus|^#(else|endif)/) cplusplus = /^#ifdef/
  if (!directive && !cplusplus && match($0, /^#define ([A-Za-z_]\w*(\([^)]*\))?)([^\\/]*)/, m)) {
    at = index($0, "// ")
    note(m[1], m[1] ~ /\)$/ ? m[1] : "#define " m[1] m[3], at ? substr($0, at + 3) : above_it())
  }
  directive = /\\$/; told = 0
  next
}
body { if (/^}/) { body = 0; settle() } next }
/^ *$/ { settle(); lead = ""; next }
/^TT_(BEGIN|END)$/ { settle(); next }
/^\/\// {
  settle(); fresh = 1
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
  text = $0; behind = ""
  if ((at = index(text, "//")) > 0) {
    say(behind = substr(text, at + 2))
    text = substr(text, 1, at - 1)
  }
  code = code " " text
  if (code ~ /^ *(typedef +(struct|enum)|struct|enum)[^;]*{/) {
    if (!inside++) { opening = behind; delete mine }
    else if (behind != "")                   # of the constants on its line
      for (rest = text; match(rest, /\<[A-Z]\w+/); rest = substr(rest, RSTART + RLENGTH))
        mine[substr(rest, RSTART, RLENGTH)] = behind
    if (code ~ /}[^;{}]*; *$/) {
      type(code, opening != "" ? opening : behind != "" && inside > 1 ? behind : above_it())
      code = own = ""; inside = 0
    }
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
function declare(c,    k, list, m) {
  gsub(/__attribute__ *\(\([^()]*(\([^()]*\)[^()]*)*\)\)/, "", c)
  gsub(/[ \t]+/, " ", c); gsub(/^ | $/, "", c)
  if (match(c, /^(extern|typedef) .*\(\*(\w+)\)\(/, m) || match(c, /^(typedef) [^(]*\<(\w+)(\(|$)/, m))
    note(m[2], c, own != "" ? own : above_it())
  else if (c ~ /^extern /) {                     # a variable, or several
    k = split(c, list, / *, */)
    for (c = list[1]; k; k--) {
      sub(/\**\w+$/, gensub(/.* /, "", 1, list[k]), c)
      note(gensub(/.*[* ]/, "", 1, c), c, own != "" ? own : above_it())
    }
  }
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
    note(name, prototype, own != "" ? own : lead)
    if (own == "" && lead == "") {
      printf "%s: %s says nothing about %s\n", source[file], file, name > "/dev/stderr"
      faults++
    }
  }
  name = own = ""
}
# ---- the table of names
# what stands above a run of functions is about each of them, and about the
# type, macro or constant that follows it
function above_it() { return fresh ? lead : "" }
function note(name, declared, about) {
  sub(/[([].*| *$/, "", name); gsub(/[ \t\n]+/, " ", declared); gsub(/^ | $/, "", declared)
  gsub(/\n/, " ", about); about = unplaced(about); gsub(/^ +| +$/, "", about)
  if (name in row && row[name] !~ /\t(typedef struct \w+ \w+)\t/) return
  fresh = 0
  row[name] = name "\t" declared "\t" one_line(about)
}
# its first sentence, or as many words as a line has
function one_line(s) {
  if (match(s, /[^.][.:;] /) && RSTART > 20) s = substr(s, 1, RSTART)
  if (length(s) > 110) { s = substr(s, 1, 110); sub(/[ ,]+[^ ]*$/, " ...", s) }
  return s
}
# struct NAME { its fields }, enum { its constants }
function type(c, about,    k, i, list, m, fields, alias, inner, alone) {
  gsub(/\/\*[^*]*\*\//, "", c)
  alias = c; sub(/.*}/, "", alias); gsub(/[ ;]/, "", alias)
  match(c, /{.*}/); inner = substr(c, RSTART + 1, RLENGTH - 2)
  if (c ~ /^ *(typedef +)?enum/) {
    gsub(/[ \n]+/, " ", inner); gsub(/^ |,? $/, "", inner)
    k = split(inner, list, ",")
    for (i = 1; i <= k; i++)
      if (match(list[i], /\w+/)) {
        alone = substr(list[i], RSTART, RLENGTH)
        note(alone, "enum " alias (alias ? " " : "") "{ " inner " }", alone in mine ? mine[alone] : about)
      }
    if (alias) note(alias, "enum " alias " { " inner " }", about)
    return
  }
  while (match(inner, /{[^{}]*}/)) inner = substr(inner, 1, RSTART - 1) substr(inner, RSTART + RLENGTH)
  k = split(inner, list, ";")
  for (i = 1; i <= k; i++) {
    if (match(list[i], /\(\*(\w+)\)/, m)) { fields = fields ", " m[1] "()"; continue }
    gsub(/\[[^\]]*\]|:[ 0-9]+/, "", list[i])
    while (match(list[i], /(\w+) *,/, m) || match(list[i], /(\w+) *$/, m)) {
      fields = fields ", " m[1]
      list[i] = m[0] ~ /,/ ? substr(list[i], RSTART + RLENGTH) : ""
    }
  }
  if (alias == "") { match(c, /struct +(\w+)/, m); alias = m[1] }
  note(alias, "struct " alias " { " substr(fields, 3) " }", about)
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
  if (names) {
    PROCINFO["sorted_in"] = "@ind_str_asc"
    printf "" > names
    for (name in row) print row[name] > names
  }
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
