# inline.awk: static functions that tests reach by #include, but that hold
# exercises. The tests must not be compiled together with a student, so:
#   awk -v mode=tests -v name=N -f inline.awk FILE   the file for the
#      tests: its static functions are only declared
#   awk -v mode=unit -v name=N -f inline.awk FILE    a .c file that
#      defines what these declarations promise
# FILE is a header (static inline functions), a program (all static
# functions and simple variables; its main is left out) or a file of tests
# (those functions that hold an exercise). f becomes tt_grade_N_f, a variable
# v becomes *tt_grade_N_v(). A unit of tests (check_N.c) is to be compiled
# with -fwhole-program: all else of the file goes, what it defines for its
# tests and what these call.
FNR == 1 {
  tests = FILENAME ~ /tests\/[^\/]*$/
  if (mode == "unit" && tests) {
    print "#define TT_PLAIN\n#include \"tt_test.h\"\n#undef TT"
    print "#define TT(suite, name) __attribute__((unused)) static void suite##_##name(void)"
    print "#include \"tests/" name ".c\""
  } else if (mode == "unit") {
    print "#define main tt_grade_" name "_main"
    print "#include \"" (FILENAME ~ /\.h$/ ? "tt/" name ".h" : "programs/" name ".c") "\""
  }
}
state == "" && /^(static |int main\()/ { state = "head"; head = ""; kept = "" }
state == "head" {
  line = $0
  kept = kept $0 "\n"
  sub(/ *\/\/.*/, "", line)
  end = match(line, /[{;=]/)
  head = head " " (end ? substr(line, 1, end - 1) : line)
  if (!end) next
  if (substr(line, end, 1) != "{" || head !~ /\) *$/) {  # no function
    state = ""
    if (!tests && substr(line, end, 1) == ";" && head !~ /[(\[,]/) variable()
    else if (mode == "tests") printf "%s", kept
    next
  }
  if (!tests && head !~ /^ *int main/) put()
  depth = 0
  state = braces($0) ? "body" : ""
  if (tests && state == "") whole()
  next
}
state == "body" {
  kept = kept $0 "\n"
  if (braces($0)) next
  state = ""
  if (tests) whole()
  next
}
mode == "tests" && !/#include "exercise\// { print }   # one outside of functions stays in the unit
function braces(s) {                # how deep are we after this line?
  gsub(/\\./, "", s); gsub(/"[^"]*"/, "", s); gsub(/'[^']*'/, "", s)
  sub(/\/\/.*/, "", s); gsub(/\/\*[^*]*\*\//, "", s)
  depth += gsub(/{/, "", s) - gsub(/}/, "", s)
  return depth
}
function whole(    n, line, i) {    # a function among tests, in kept
  if (kept !~ /#include "exercise\//) { if (mode == "tests") printf "%s", kept; return }
  put()
  if (mode == "unit") return
  n = split(kept, line, "\n")       # later lines keep their numbers: put wrote two
  for (i = 3; i < n; i++) print line[i] ~ /^#line/ ? line[i] : ""
}
function put(    open, before, f, list, n, part, i, args, type) {
  sub(/^ *static *(inline)? */, "", head); sub(/ *$/, "", head)
  open = index(head, "(")
  before = substr(head, 1, open - 1)
  match(before, /[A-Za-z0-9_]+ *$/)
  f = substr(before, RSTART); sub(/ *$/, "", f)
  type = substr(before, 1, RSTART - 1); sub(/ *$/, "", type)
  list = substr(head, open)
  print (tests && mode == "unit" ? "__attribute__((externally_visible)) " : "") \
    type " tt_grade_" name "_" f list ";"
  if (mode == "tests") {
    print "#define " f " tt_grade_" name "_" f
    return
  }
  n = arguments(substr(list, 2, length(list) - 2), part)
  for (i = 1; i <= n; i++)
    if (part[i] !~ /^ *void *$/) {
      if (!sub(/\).*/, "", part[i]))  # (*f)(...): the first name in brackets
        sub(/ *(\[[^\]]*\])* *$/, "", part[i])
      match(part[i], /[A-Za-z0-9_]+$/)
      args = args (args == "" ? "" : ", ") substr(part[i], RSTART)
    }
  print type " tt_grade_" name "_" f list " { " (type == "void" ? "" : "return ") f "(" args "); }"
}
function arguments(list, part,    n, i, c, depth) {
  split("", part)
  for (i = n = 1; i <= length(list); i++) {
    c = substr(list, i, 1)
    depth += (c == "(") - (c == ")")
    if (c == "," && !depth) n++
    else part[n] = part[n] c
  }
  return n
}
function variable(    v, type) {
  sub(/^ *static */, "", head); sub(/ *$/, "", head)
  match(head, /[A-Za-z0-9_]+$/)
  v = substr(head, RSTART); type = substr(head, 1, RSTART - 1)
  print type "*tt_grade_" name "_" v "(void);"
  if (mode == "tests") print "#define " v " (*tt_grade_" name "_" v "())"
  else print type "*tt_grade_" name "_" v "(void) { return &" v "; }"
}
