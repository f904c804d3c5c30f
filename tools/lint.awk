# lint.awk: finds what noweb lets through and a compiler cannot say.
# Usage: awk -v mode=M -v student=NN -v strict=S -v complaints=FILE
#          -f lint.awk chapters/chapters.tsv STREAM
# STREAM is what noweb's markup made of the chapters and solutions, in
# order; FILE what it complained of. S not empty: as stored, so every
# stub must still be one. Environment: TT_FILES, all .nw files there
# are; TT_OPEN, the definitions of open lists in all chapters.
# Prints `file:line: error: what is wrong` and a cure, for every finding,
# what stops the build last, where it is seen; status 2 if there is such.
# A student is warned of the chapter NN alone, and of what is the book's
# style only where the code is the student's: in exercises.

BEGIN {
  WIDTH = 72; LONG = 30; TOO_LONG = 40
  style = mode == "reference" ? "error" : "warning"
  byte = "[\200-\277]"              # the rest of a UTF-8 character
  utf8 = "[\302-\337]" byte "|[\340-\357]" byte byte \
    "|[\360-\364]" byte byte byte
}

# ---- the table of chapters -----------------------------------------

FNR == NR {
  if (split($0, field, "\t") != 9)
    say(FILENAME, FNR, "a row of " split($0, field, "\t") " columns",
      "nine, with tabs between: see line 1")
  row[field[1] "-" field[2] ".nw"] = FNR
  next
}

# ---- the stream: where we are --------------------------------------

/^@file / {
  if (fence) open_fence()
  check_end()
  file = substr($0, 7); line = 1; fence = ""
  chapter = file; sub(/.*\//, "", chapter)
  chapter = substr(chapter, 1, 2)
  solutions = file ~ /\/solutions\//
  if (!solutions) chapters[chapter]
  read_raw()
}
/^@begin code/ { check_end(); ended = 0
                 kind = "code"; begin_line = line; length_ = 0; slash = 0
                 in_comment = 0; statements = 0; text = "" }
/^@begin docs/ { kind = "docs"; open_chunk = "" }
/^@end docs/   { if (quote) open_quote(); quote = 0 }
/^@end code/   { end_chunk(); open_chunk = ended ? "" : chunk }
/^@index /     { ended = 1 }
/^@defn /      { define(substr($0, 7)) }
/^@quote/      { quote = line }
/^@endquote/   { quote = 0 }
/^@use / {
  if (quote) mention(substr($0, 6))
  else if (kind == "code") {
    used = substr($0, 6)
    uses++
    before = uses == 1 ? text : before
    text = text "<<" used ">>"
    last_use = length(text)
  }
}
/^@text / && kind == "code" { text = text substr($0, 7) }
/^@index defn / { identifier(substr($0, 13)) }
/^@fatal /      { fatal = 1 }
/^@nl|^@index nl/ {
  if (kind == "docs") prose_line()
  else if (line > begin_line && /^@nl/) code_line()
  text = ""; uses = 0
  line++
}

# ---- lines as they are written -------------------------------------

function read_raw(    s, n, returns) {
  split("", raw)
  while ((getline s < file) > 0) {
    n++
    if (s ~ /\r$/) { returns++; sub(/\r$/, "", s) }
    raw[n] = s
    raw_line(s, n)
  }
  close(file)
  if (returns)
    say(file, 1, returns " lines end in CR, as on Windows",
      "sed -i 's/\\r$//' " file)
}

function raw_line(s, n,    rest) {
  if (s !~ /[^ -~]|^[<>|@]/) return
  if (s ~ /\t/)
    say(file, n, "a tab", "write blanks")
  if (n == 1 && sub(/^\357\273\277/, "", s))
    say(file, n, "a byte order mark, as Windows editors put it",
      "sed -i '1s/^...//' " file)
  if (s ~ /[\000-\010\013-\037\177]/)
    say(file, n, "a control character", "delete it")
  if (s ~ /[\200-\377]/) {
    rest = s
    gsub(utf8, "", rest)
    if (rest ~ /[\200-\377]/)
      say(file, n, "not UTF-8", "save the file as UTF-8")
  }
  if (s ~ /^(<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|)( |$)/) {
    say(file, n, "a merge was left unfinished here",
      "choose one side, delete the lines of <<<<<<<, ======= and >>>>>>>")
    merge[file, n]
  }
  if (s ~ /^@[ \t]/ && s !~ /^@ %def /)
    say(file, n, "`@` at the start of a line ends the chunk",
      "a lone `@`, or `@ %def name`; a code line begins with `@@`")
}

function prose_line(    s) {
  s = raw[line]
  if (!fence && match(s, /#exr:[0-9]+\.[0-9]+/) && s ~ /^:::+ *\{\.exercise /)
    met(substr(s, RSTART + 5, RLENGTH - 5))
  if (quote && !fence && s ~ /^ *$/) { open_quote(); quote = 0 }
  if (!match(s, /^ *(```+|~~~+)/)) return
  s = substr(s, 1, RLENGTH); sub(/^ */, "", s)
  if (!fence) { fence = s; fence_line = line }
  else if (index(s, fence) == 1 && raw[line] ~ /^ *[`~]+ *$/) fence = ""
}
function met(id,    n) {           # an exercise, in reading order
  n = substr(id, index(id, ".") + 1) + 0
  if (n <= last_met[chapter])
    say(file, line, "exercise " id " is read after exercise " int(id) "." \
      last_met[chapter], "number exercises in the order in which they are met")
  else last_met[chapter] = n
}
function open_quote() {
  say(file, quote, "`[[` is never closed",
    "close it with `]]`, or write `@[[` if no code is quoted")
}
function open_fence() {
  say(file, fence_line, "the fence " fence " is never closed",
    "end it by a line " fence)
}

# ---- chunks ---------------------------------------------------------

function define(name) {
  chunk = name
  defined_in[chapter, name]
  if (fence) {
    say(file, line, "a chunk begins inside the fence of line " fence_line,
      "write `@<<` in the fence, or close it first")
    fence = ""
  }
  check_name(name, line)
  if (raw[line] ~ / $/)
    say(file, line, "blanks at the end of the line", "delete them", style)
  if (name ~ /^(exercise|stub): / && solutions) {
    say(file, line, "an exercise among the solutions",
      "it belongs in " of_chapter(file))
    return
  }
  if (name ~ /^(solution: |hint )/ && !solutions)
    say(file, line, "`" name "` in a chapter",
      "it belongs in " of_solutions(file))
  if (name ~ /^solution: / && solutions) has_solutions[chapter]
  if (path_shaped(name)) check_path(name)
  if (!(name in def_line)) {
    order[++names] = name
    def_file[name] = file; def_line[name] = line
    def_chapter[name] = chapter
  } else if (name ~ /^(exercise: |solution: |hint )/)
    say(file, line, "`" name "` is defined a second time, first at " \
      place(name), "keep one of the two")
  else if (def_chapter[name] != chapter && !shared(name))
    say(file, line, path_shaped(name) ? \
      "the file " name " has a root in two chapters, first at " place(name) \
      : "`" name "` is also a chunk of another chapter, at " place(name),
      path_shaped(name) ? "give every chapter files of its own" \
      : "give this one another name")
}
function place(name) { return def_file[name] ":" def_line[name] }
function shared(name) { return name ~ /^open: / || name == "exercises" }
function of_chapter(f) { sub(/solutions\//, "", f); return f }
function of_solutions(f) {
  sub(/chapters\//, "chapters/solutions/", f)
  return f
}

function path_shaped(name) { return name ~ /^[^ ]*\/[^ ]*\.[A-Za-z0-9]+$/ }
function check_path(name) {
  if (name == "include/tt/locate.h")
    say(file, line, name " is generated", "name this header otherwise")
  else if (name !~ /^(include\/tt|programs)\/[A-Za-z0-9_-]+\.h$/ &&
      name !~ /^(src|programs|tests)\/[A-Za-z0-9_-]+\.c$/)
    say(file, line, "`" name "` is not a place for a file",
      "files are include/tt/x.h, src/x.c, programs/x.c, programs/x.h, tests/x.c")
}

function check_name(name, n) {
  if (name ~ /^ | $|  /) {
    say(file, n, "blanks in the chunk name `" name "`",
      "one between words, none at the ends")
    misnamed[name]
  }
}

function identifier(name) {
  sub(/ .*/, "", name)
  if (name !~ /^[A-Za-z_][A-Za-z0-9_]*$/)
    say(file, line, "%def of `" name "`, which is no identifier",
      "names with blanks between, no commas")
  else if (length(name) < 3)
    say(file, line, "%def of `" name "`: too short, it would link by chance",
      "index names of three letters or more")
  else if (name in identified)
    say(file, line, "`" name "` is defined (%def) a second time, first at " \
      identified[name], "keep the one where it is defined")
  else identified[name] = file ":" line
}

# An exercise that swallows the text after it
function check_end() {
  if (open_chunk ~ /^exercise: /)
    say(file, begin_line, "<<" open_chunk ">> has no end: all down to line " \
      line - 1 " is taken for its code", "write a line with a lone @ after your code")
  open_chunk = ""
}

function end_chunk() {
  kind = ""
  if (chunk == "exercises" || chunk ~ /^hidden tests: /) return  # not printed
  if (length_ > TOO_LONG)
    say(file, begin_line, "a chunk of " length_ " lines",
      "split it: " TOO_LONG " at most, 6 to 10 read well", style)
  else if (length_ > LONG && ENVIRON["TT_WARN"] != "")   # make lint
    say(file, begin_line, "a chunk of " length_ " lines",
      "6 to 10 read well", "warning")
}

# ---- lines of code --------------------------------------------------

function code_line(    width, code) {
  length_++
  width = text
  gsub(byte, "", width)
  if (chunk == "exercises") { manifest_line(); return }
  if (length(width) > WIDTH && chunk !~ /^hint /)
    say(file, line, length(width) " columns: too wide to print",
      "at most " WIDTH, style)
  if (raw[line] ~ / $/)
    say(file, line, "blanks at the end of the line", "delete them", style)
  if (text ~ /TT_TODO *\("/ && chunk !~ /^hint /) todo_line()
  if (text ~ /^ *TT\( *[A-Za-z0-9_]+ *, *[A-Za-z0-9_]+/) test_line()
  if (uses && !((file, line) in merge)) reference_line()
  code = bare(text)
  statement[++statements] = uses ? "<<>>;" : code
  slash = text ~ /\\$/
}

function test_line(    part) {
  split(text, part, / *[(,)] */)
  test[chapter, part[3]]
  test_names[part[3]]
}

function todo_line(    id) {
  match(text, /TT_TODO *\("[^"]*/)
  id = substr(text, RSTART, RLENGTH)
  sub(/.*"/, "", id)
  if (solutions)
    say(file, line, "TT_TODO in a solution", "solve it")
  else if (chunk ~ /^exercise: /) {
    todo_id[chunk] = id
    todo_at[chunk] = line
  }
}

# A reference stands alone on its line, where a statement may stand.
function reference_line(    alone, after, stripped) {
  after = substr(text, last_use + 1)
  alone = uses == 1 && before ~ /^ *$/ && after ~ /^ *$/
  if (!alone && like_shift(used)) {
    say(file, line, "noweb reads `<<" used ">>` as a chunk",
      "write a shift as `@<<`, and `@>>`")
    return
  }
  note_use(used)
  stripped = bare_start(before)
  if (slash || text ~ /^ *#/)
    say(file, line, "a chunk inside a macro: #line would break it",
      "put the code itself, or a call of a function")
  else if (stripped == "comment" || stripped == "string")
    say(file, line, "a chunk inside a " stripped,
      "write `@<<` and `@>>` if the brackets are meant")
  else if (before ~ /^ *$/ && after ~ /^=/)
    say(file, line, "a definition that does not begin in column 1",
      "move `<<" used ">>=` to the left margin")
  else if (!alone)
    say(file, line, "`<<" used ">>` is not alone on its line",
      "give it a line of its own (shifts: write `@<<`)")
  else if (braceless())
    say(file, line, "a chunk as the body of a statement without braces",
      "write the braces around `<<" used ">>`")
}

function like_shift(name) {
  if (name in def_line) return 0
  gsub(/\[\[[^]]*\]\]/, "", name)
  return name ~ /[;|=+&^]|^[ 0-9(]| $|^$/
}

function note_use(name) {
  check_name(name, line)
  all_uses++
  use_name[all_uses] = name; use_chunk[all_uses] = chunk
  use_file[all_uses] = file; use_line[all_uses] = line
  use_chapter[all_uses] = chapter
  use_count[name]++
  calls[chunk] = calls[chunk] " " all_uses
}
function mention(name) {
  mentions++
  mention_name[mentions] = name
  mention_file[mentions] = file; mention_line[mentions] = line
}

# Is what stands before this line an if, for, while, else without `{`?
function braceless(    i, s, depth, c, j) {
  for (i = statements; i > 0 && statement[i] ~ /^ *(#.*)?$/; i--) ;
  s = statement[i]
  if (i == 0) return 0
  if (s ~ /(^|[^A-Za-z0-9_])(else|do) *$/) return 1
  if (s !~ /\) *$/) return 0
  for (; i > 0; s = statement[--i])
    for (j = length(s); j > 0; j--) {
      c = substr(s, j, 1)
      if (c == ")") depth++
      else if (c == "(" && --depth == 0)
        # macros that define an operation end a definition, not a head
        return substr(s, 1, j - 1) ~ \
          /(^|[^A-Za-z0-9_])(if|for|while|switch|TT_[A-Z_]+) *$/ && \
          s !~ /^TT_(OP|ROW|UNARY|BINARY|TERNARY|GRADIENT)/
    }
  return 0
}

# The text without comments and strings; in_comment lasts over lines.
function bare(s,    out, i, c, two) {
  in_string = ""
  if (!in_comment && s !~ /["'\/]/) return s
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1); two = substr(s, i, 2)
    if (in_comment) { if (two == "*/") { in_comment = 0; i++ } }
    else if (in_string != "") {
      if (c == "\\") i++
      else if (c == in_string) in_string = ""
    }
    else if (two == "/*") { in_comment = 1; i++ }
    else if (two == "//") { in_string = "//"; break }
    else if (c == "\"" || c == "'") in_string = c
    else out = out c
  }
  return out
}
function bare_start(s,    kept, state) {  # what encloses the end of s?
  kept = in_comment
  bare(s)
  state = in_comment || in_string == "//" ? "comment" : \
    in_string != "" ? "string" : ""
  in_comment = kept
  return state
}

# ---- exercises ------------------------------------------------------

function trim(s) { gsub(/^ +| +$/, "", s); return s }

function manifest_line(    n, f, i) {
  if (text ~ /^ *$/) return
  n = split(text, f, "|")
  if (n < 5 || n > 7) {
    say(file, line, "an exercise of " n " fields",
      "id | points | auto or manual | chunk | tests | needed exercises | minutes")
    return
  }
  rows++
  row_file[rows] = file; row_line[rows] = line; row_chapter[rows] = chapter
  row_id[rows] = trim(f[1]); row_points[rows] = trim(f[2])
  row_kind[rows] = trim(f[3]); row_name[rows] = trim(f[4])
  row_tests[rows] = trim(f[5]); row_needs[rows] = trim(f[6])
  row_minutes[rows] = trim(f[7])
}

function check_row(r,    id, name, n, i, part) {
  id = row_id[r]; name = "exercise: " row_name[r]
  if (id !~ /^[0-9]+\.[0-9]+$/ || int(id) != int(row_chapter[r]))
    row_fault(r, "`" id "` is no id of this chapter",
      "number them " int(row_chapter[r]) ".1, " int(row_chapter[r]) ".2 ...")
  else if (id in row_of)
    row_fault(r, "exercise " id " is listed twice", "number this one anew")
  row_of[id] = r
  if (row_points[r] !~ /^[0-9]+$/)
    row_fault(r, "`" row_points[r] "` points", "a whole number")
  if (row_minutes[r] !~ /^[0-9]*$/)
    row_fault(r, "`" row_minutes[r] "` minutes", "a whole number, or nothing")
  if (row_kind[r] !~ /^(auto|manual)$/)
    row_fault(r, "exercise " id " of kind `" row_kind[r] "`",
      "auto (by tests) or manual (by a human)")
  n = split(row_needs[r], part, /[ ,]+/)
  for (i = 1; i <= n; i++)
    if (!(part[i] in row_of) || part[i] == id)
      row_fault(r, "exercise " id " needs " part[i] ", which is not before it",
        "name exercises listed earlier")
  n = split(row_tests[r], part, " ")
  for (i = 1; i <= n; i++)
    if (!((row_chapter[r], part[i]) in test))
      row_fault(r, "exercise " id " names a test `" part[i] \
        "` that the chapter does not have", nearest(part[i], test_names,
        "write TT(suite, " part[i] ") in its tests"))
  if (row_kind[r] == "auto" && n == 0)
    row_fault(r, "exercise " id " has no test", "name at least one")
  if (name in listed)
    row_fault(r, "`" name "` is listed twice", "one line for an exercise")
  listed[name]
  if (row_kind[r] == "manual") in_words[name]   # may be in no program
  if (name in def_line) check_exercise(r, id, name)
  else if (row_kind[r] == "auto")
    row_fault(r, "exercise " id " has no chunk <<" name ">>",
      mode != "reference" ? "make reset EX=" id " puts its stub there" : \
      nearest(name, exercises, "write it, with its stub"))
}
function row_fault(r, what, cure) { say(row_file[r], row_line[r], what, cure) }

function check_exercise(r, id, name,    solution) {
  if (name in todo_id) {
    if (todo_id[name] != id)
      say(def_file[name], todo_at[name], "TT_TODO says " todo_id[name] \
        ", the manifest says " id, "write TT_TODO(\"" id "\")")
  } else if (strict != "")
    fault(name, "`" name "` is no stub: it has no TT_TODO",
      "the chapter keeps the stub, chapters/solutions/ the solution")
  if (mode != "reference" && !(def_chapter[name] in has_solutions)) return
  solution = name
  sub(/^exercise/, "solution", solution)
  if (!(solution in def_line))
    fault(name, "exercise " id " has no solution",
      "write <<" solution ">>= in " of_solutions(def_file[name]))
  if (!(("hint " id ".1") in def_line))
    fault(name, "exercise " id " has no hint",
      "write <<hint " id ".1>>= in " of_solutions(def_file[name]))
}

# ---- what only the whole shows --------------------------------------

END {
  if (fence) open_fence()
  check_end()
  check_files()
  read_complaints()
  n = split(ENVIRON["TT_OPEN"], opened, "\n")
  for (i = 1; i <= n; i++) {
    gsub(/^<<|>>=.*$/, "", opened[i])
    promised[opened[i]]
  }
  for (i = 1; i <= mentions; i++)
    if (!(mention_name[i] in def_line))
      say(mention_file[i], mention_line[i], "the prose quotes <<" \
        mention_name[i] ">>, which is no chunk",
        nearest(mention_name[i], def_line, "write `@<<` for a shift"))
  for (i = 1; i <= names; i++)
    if (order[i] ~ /^exercise: /) exercises[order[i]]
  for (i = 1; i <= rows; i++) check_row(i)
  for (i = 1; i <= all_uses; i++) check_use(i)
  for (i = 1; i <= names; i++) check_definition(order[i])
  for (i = 1; i <= names; i++) walk(order[i], "")
  if (fatal && !errors)
    say(file, line, "noweb's markup gave up", "look at its brackets")
  print_findings()
  if (errors) exit 2
}

# `absent` is a chapter of the table that is not there: it may have defined
# open lists of those that are.
function check_files(    n, i, path, name, there) {
  n = split(ENVIRON["TT_FILES"], path, "\n")
  for (i = 1; i <= n; i++) {
    name = path[i]
    sub(/.*\//, "", name)
    there[name]
    if (name ~ /\.nw$/ && !(name in row))
      say(path[i], 1, "no row of chapters/chapters.tsv names this file",
        mode == "reference" ? "name it NN-slug.nw after its row, or add a row" : \
        "a copy is kept elsewhere; a chapter keeps its name")
  }
  for (name in row) if (row[name] > 1 && !(name in there)) absent = name
}

function read_complaints(    s, part) {
  while ((getline s < complaints) > 0) {
    split(s, part, ":")
    if (s ~ /unescaped <</) {
      if (!((part[1], part[2]) in merge))
        say(part[1], part[2], "`<<` in prose begins a chunk name",
          "write `@<<`, or [[code]] around it; a definition starts in " \
          "column 1 and ends in `>>=`")
    } else if (s !~ /open quote/)
      say(part[1], part[2], substr(s, length(part[1] part[2]) + 3),
        "noweb's markup says so")
  }
}

function fault(name, what, cure, level) {
  say(def_file[name], def_line[name], what, cure, level)
}

function check_use(i,    name) {
  name = use_name[i]
  if (name in misnamed) return
  if (!(name in def_line)) {
    if (name in promised || (name ~ /^open: / && absent)) return
    if (!(name in listed)) say(use_file[i], use_line[i], "<<" name ">> is not defined",
      nearest(name, def_line, "define it (a shift is written `@<<`)"))
    undefined[name]
  } else if (!((use_chapter[i], name) in defined_in) && !shared(name))
    say(use_file[i], use_line[i], "<<" name ">> is a chunk of another " \
      "chapter, at " place(name), "share a C function, not a chunk")
}

function check_definition(name,    exercise) {
  if (name in misnamed || path_shaped(name) || name == "exercises") return
  if (name ~ /^hint /) {
    exercise = name
    gsub(/^hint |\.[0-9]+$/, "", exercise)
    if (!(exercise in row_of))
      fault(name, "`" name "` belongs to no exercise",
        "hint ID.1, where ID stands in <<exercises>>")
  } else if (name ~ /^hidden tests: /) { # for grading: tools/grade/kit
    if (def_file[name] !~ /\/solutions\//)
      fault(name, "`" name "` in a chapter", "it belongs in " of_solutions(def_file[name]))
  } else if (name ~ /^solution: /) {
    exercise = name
    sub(/^solution/, "exercise", exercise)
    if (!(exercise in def_line) && !(exercise in listed))
      fault(name, "a solution, but there is no <<" exercise ">>",
        nearest(exercise, exercises, "write the exercise"))
  } else if (!use_count[name] && !(name in in_words))
    fault(name, "<<" name ">> is never used",
      nearest(name, undefined, "use it, or delete it"),
      mode == "reference" || name ~ /^exercise: / ? "" : "note")
  if (name !~ /^exercise: /) return
  if (use_count[name] > 1)
    fault(name, "<<" name ">> is used " use_count[name] " times",
      "once: an exercise has one place")
  if (!(name in listed))
    fault(name, "<<exercises>> does not list `" substr(name, 11) "`",
      "add a line: id | points | auto | " substr(name, 11) " | tests |")
}

function walk(name, path,    n, use, i) { # who calls whom: no circles
  if (state[name] == "done") return
  state[name] = "open"
  n = split(calls[name], use, " ")
  for (i = 1; i <= n; i++)
    if (state[use_name[use[i]]] == "open")
      say(use_file[use[i]], use_line[use[i]], "<<" use_name[use[i]] \
        ">> contains itself" (path == "" ? "" : ", by way of" path),
        "break the circle")
    else walk(use_name[use[i]], path " <<" use_name[use[i]] ">>")
  state[name] = "done"
}

# ---- names that were probably meant ---------------------------------

function nearest(name, set, otherwise,    other, d, best, found) {
  best = int(length(name) / 3) + 1
  for (other in set)
    if (other != name) {
      d = length(other) - length(name)
      if (d > best || -d > best) continue
      d = distance(name, other)
      if (d < best || d == best && (found == "" || other < found)) {
        best = d
        found = other
      }
    }
  return found == "" ? otherwise : "is `" found "` meant?"
}

function distance(a, b,    i, j, up, left, d, cost) {
  for (j = 0; j <= length(b); j++) d[j] = j
  for (i = 1; i <= length(a); i++) {
    up = d[0]; d[0] = i
    for (j = 1; j <= length(b); j++) {
      cost = up + (substr(a, i, 1) != substr(b, j, 1))
      up = d[j]
      if (d[j] + 1 < cost) cost = d[j] + 1
      if (d[j - 1] + 1 < cost) cost = d[j - 1] + 1
      d[j] = cost
    }
  }
  return d[length(b)]
}

# ---- findings, in the order of the text, errors after warnings -------

function say(f, n, what, cure, level,    number) {
  if (level == "warning" || level == "note") {
    number = f; sub(/.*\//, "", number)
    if (mode != "reference" && ((student != "all" && substr(number, 1, 2) != student) ||
        level == "warning" && chunk !~ /^exercise: /)) return
    level = "warning"
  } else { level = "error"; errors++ }
  key[++findings] = (level == "error") f sprintf(":%06d:%04d", n, findings)
  message[key[findings]] = f ":" n ": " level ": " what "\n  cure: " cure
}

function print_findings(    i, j, k) {
  for (i = 2; i <= findings; i++) {
    k = key[i]
    for (j = i - 1; j > 0 && key[j] > k; j--) key[j + 1] = key[j]
    key[j + 1] = k
  }
  for (i = 1; i <= findings; i++)
    if (!(message[key[i]] in printed)) {
      print message[key[i]]
      printed[message[key[i]]]
    }
}
