# inline.awk: static functions that tests reach by #include, but that hold
# exercises. The tests must not be compiled together with a student, so:
#   awk -v mode=tests -v name=N -f inline.awk FILE   the file for the
#      tests: its static functions are only declared
#   awk -v mode=unit -v name=N -f inline.awk FILE    a .c file that
#      defines what these declarations promise
# FILE is a header (static inline functions) or a program (all static
# functions and simple variables; its main is left out). f becomes
# tt_grade_N_f, a variable v becomes *tt_grade_N_v().
BEGIN { if (mode == "unit") print "#define main tt_grade_" name "_main" }
FNR == 1 && mode == "unit" { print "#include \"" (FILENAME ~ /\.h$/ ? "tt/tt.h" : "programs/" name ".c") "\"" }
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
    if (substr(line, end, 1) == ";" && head !~ /[(\[,]/) variable()
    else if (mode == "tests") printf "%s", kept
    next
  }
  if (head !~ /^ *int main/) put()
  depth = 0
  state = braces($0) ? "body" : ""
  next
}
state == "body" { if (!braces($0)) state = ""; next }
mode == "tests" && !/#include "exercise\// { print }   # an exercise outside of functions stays in the unit
function braces(s) {                # how deep are we after this line?
  gsub(/\\./, "", s); gsub(/"[^"]*"/, "", s); gsub(/'[^']*'/, "", s)
  sub(/\/\/.*/, "", s); gsub(/\/\*[^*]*\*\//, "", s)
  depth += gsub(/{/, "", s) - gsub(/}/, "", s)
  return depth
}
function put(    open, before, f, list, n, part, i, args, type) {
  sub(/^ *static *(inline)? */, "", head); sub(/ *$/, "", head)
  open = index(head, "(")
  before = substr(head, 1, open - 1)
  match(before, /[A-Za-z0-9_]+ *$/)
  f = substr(before, RSTART); sub(/ *$/, "", f)
  type = substr(before, 1, RSTART - 1); sub(/ *$/, "", type)
  list = substr(head, open)
  print type " tt_grade_" name "_" f list ";"
  if (mode == "tests") {
    print "#define " f " tt_grade_" name "_" f
    return
  }
  n = split(substr(list, 2, length(list) - 2), part, ",")
  for (i = 1; i <= n; i++)
    if (part[i] !~ /^ *void *$/) {
      sub(/ *(\[[^\]]*\])* *$/, "", part[i])
      match(part[i], /[A-Za-z0-9_]+$/)
      args = args (args == "" ? "" : ", ") substr(part[i], RSTART)
    }
  print type " tt_grade_" name "_" f list " { " (type == "void" ? "" : "return ") f "(" args "); }"
}
function variable(    v, type) {
  sub(/^ *static */, "", head); sub(/ *$/, "", head)
  match(head, /[A-Za-z0-9_]+$/)
  v = substr(head, RSTART); type = substr(head, 1, RSTART - 1)
  print type "*tt_grade_" name "_" v "(void);"
  if (mode == "tests") print "#define " v " (*tt_grade_" name "_" v "())"
  else print type "*tt_grade_" name "_" v "(void) { return &" v "; }"
}
