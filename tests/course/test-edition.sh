#!/bin/bash
# Tests of the archive for students: of an edition without solutions that
# is unpacked into a folder with a blank in its name. Whose code is tested,
# that the archive is the same wherever and whenever it is made, what must
# not be in it.
#   tests/course/test-edition.sh
. "${0%/*}/books.sh"
commit "$work/one"
"$work/one/tools/grade/edition" 2026.1 course "$kit" "$work/1.tar.gz" > "$work/log" 2>&1 ||
  { cat "$work/log"; no 'an edition'; summary; exit; }
mkdir "$work/a student"
tar -xzf "$work/1.tar.gz" -C "$work/a student"
cd "$work/a student/tinytorch-2026.1" || exit
cp -r chapters "$work/stubs"

# ---- Whose code is tested? In each chapter all exercises are solved, and
# nothing in the chapters before it. If KNOCK names an exercise, its code
# gives up: its tests must notice, or something else stood there.
"$home/tests/course/compose" base "$work/solved"
for file in chapters/[0-9][0-9]-*.nw; do
  nn=${file#chapters/} nn=${nn%%-*}
  cp "$work"/stubs/[0-9]*.nw chapters
  awk -v list="$(tools/manifest exercises "$file" | cut -f 1,4 | tr '\t\n' '|;')" '
    BEGIN { n = split(list, row, ";")
      for (i = 1; i < n; i++) { split(row[i], f, "|"); id["<<exercise: " f[2] ">>="] = f[1] } }
    { print }
    $0 in id { print "{ extern char *getenv(const char *); extern void abort(void);"
      print "  const char *knock_ = getenv(\"KNOCK\");"
      print "  if (knock_ && !__builtin_strcmp(knock_, \"" id[$0] "\")) abort(); }" }' \
    "$work/solved/${file##*/}" > "$file"
  m "chapter-$nn" || { no "chapter $nn does not pass"; tail -n 20 "$work/log"; continue; }
  plan=build/c/student/$nn/plan.tsv
  for id in $(tools/manifest exercises "$file" | awk -F '\t' '$3 == "auto" { print $1 }'); do
    if grep -qE "exercise $id +done +yours" "$work/log"; then ok; else no "exercise $id is not done, in chapter $nn"; fi
    noticed=
    while IFS=$'\t' read -r program suite test; do
      program=${program##*/}
      KNOCK=$id "build/test/chapter-$nn/tests/${program%.c}" --filter "$suite/$test" > /dev/null 2>&1 || noticed=yes
    done < <(awk -F '\t' -v id="$id" 'index(" " $5 " ", " " id " ") { print $1 "\t" $2 "\t" $3 }' "$plan")
    is "exercise $id: its tests see the student's code" "$noticed" yes
  done
done
summary
