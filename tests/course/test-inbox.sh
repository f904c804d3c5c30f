#!/bin/bash
# Tests of what comes in and what goes out of grading, without grading:
# whose a submission is, which counts, what is in an archive; tables,
# sheets, pages and exports of results that mean harm. Takes seconds.
set -u
cd "${0%/*}/../.." || exit
export LC_ALL=C.UTF-8 TZ=UTC
unset DUE EXTENSIONS HISTORY LATE GRADES SUBMISSIONS
home=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/lib/check.sh
is() { if [ "$2" = "$3" ]; then ok; else no "$1: got \"$2\", wanted \"$3\""; fi; }
shows() { if grep -qF -e "$3" "$2"; then ok; else no "$1: no \"$3\" in"; head -n 20 "$2"; fi; }
clean() { rm -rf "$work/in" "$work/g"; mkdir "$work/in" "$work/g"; }
tar_of() { tar -cf "$1" -C "$work" chapters; }
collect() { tools/grade/collect "$work/in" "$work/g" > "$work/log" 2>&1; }
column() { cut -f "$1" "$work/g/.batch" | paste -s -d '|'; }
of() { name=$1 awk -F '\t' -v c="$2" '$6 "" == ENVIRON["name"] "" { print $c }' "$work/g/.batch"; }
mkdir "$work/chapters"
printf '<<exercise: a>>=\nreturn 1;\n@\n' > "$work/chapters/00-setup.nw"

# ---- ids are texts, and keep everybody apart
clean
for id in 007 7 1e2 100 12345678901234567 12345678901234568 0x10 16; do tar_of "$work/in/$id.tar"; done
collect
is 'ids' "$(column 1)" '007|0x10|100|12345678901234567|12345678901234568|16|1e2|7'
clean
names=('=SUM(A1)' "O'Hara, \"Ann\" =1" 'Jürgen Müller' 'Jurgen Muller' 'Jürgen Muller' 'a b' 'a_b' '-rf' '東京' 'x (y)' '[z]')
for n in "${names[@]}"; do tar_of "$work/in/$n.tar"; done
tar_of "$work/in/"$'tab\there.tar'
tar_of "$work/in/"$'red\e[31m.tar'
collect || cat "$work/log"
is 'strange names: as many in as out' "$(wc -l < "$work/g/.batch")" 13
is 'each with an id of its own' "$(cut -f 1 "$work/g/.batch" | sort -u | wc -l)" 13
is 'of plain characters' "$(cut -f 1 "$work/g/.batch" | grep -cvxE '[A-Za-z0-9][A-Za-z0-9._-]*')" 0
for n in "${names[@]}"; do is "keeps its name: $n" "$(of "$n" 6)" "$n"; done
is 'nothing that steers a terminal' "$(grep -c $'\e' "$work/g/.batch")" 0

# ---- the forms of platforms
clean
tar_of "$work/x.tar"; (cd "$work" && gzip -c x.tar > x.tar.gz &&
  python3 -c 'import zipfile; zipfile.ZipFile("x.zip", "w", 8).write("chapters/00-setup.nw")')
mkdir -p "$work/in/Zoë Å_4711_assignsubmission_file_" "$work/in/a folder/chapters" "$work/in/__MACOSX"
cp "$work/x.zip" "$work/in/Zoë Å_4711_assignsubmission_file_/My Work (final).zip"
cp "$work/x.zip" "$work/in/Max Weiß_4712_assignsubmission_file_work.zip"
cp "$work/chapters/00-setup.nw" "$work/in/a folder/chapters"
cp "$work/chapters/00-setup.nw" "$work/in/nia_00-setup.nw"
cp "$work/x.tar.gz" "$work/in/submission-jane.tar.gz"
cp "$work/x.tar.gz" "$work/in/mia.tar.gz"; touch -d 2026-01-01 "$work/in/mia.tar.gz"
cp "$work/x.tar.gz" "$work/in/mia (1).tar.gz"
touch "$work/in/.DS_Store" "$work/in/Grades.csv"
collect || cat "$work/log"
is 'whose they are' "$(column 6 | tr '|' '\n' | LC_ALL=C sort | paste -s -d '|')" \
  'Max Weiß_4712|Zoë Å_4711|a folder|jane|mia|nia'
is 'of two copies the later' "$(of mia 2)" "$work/in/mia (1).tar.gz"
shows 'told' "$work/g/.batch" '2 submissions, this is number 2'
shows 'what is not looked at' "$work/log" 'not looked at: Grades.csv, __MACOSX'
while IFS=$'\t' read -r id file _; do
  rm -rf "$work/out"; mkdir "$work/out"
  tools/grade/unpack "$file" "$work/out" 00-setup.nw > "$work/log" 2>&1 || no "unpack $id: $(cat "$work/log")"
  if cmp -s "$work/out/00-setup.nw" "$work/chapters/00-setup.nw"; then ok; else no "unpack $id"; fi
done < "$work/g/.batch"
clean
mkdir -p "$work/in/export/submission_17" "$work/in/export/submission_18"
cp "$work/chapters/00-setup.nw" "$work/in/export/submission_17"
cp "$work/chapters/00-setup.nw" "$work/in/export/submission_18"
cat > "$work/in/export/submission_metadata.yml" <<'YML'
---
submission_17:
  :submitters:
  - :name: Ann O'Hara
    :sid: '0042'
    :email: ann@example.org
  - :name: Bo Li
    :sid: '42'
  :created_at: 2026-10-01 18:00:00.123456789 Z
submission_18:
  :submitters:
  - :name: Cy
    :email: cy@example.org
  :created_at: 2026-10-03 18:00:00 Z
YML
DUE=2026-10-02 collect || cat "$work/log"
is 'Gradescope: each of a group' "$(column 6)" '0042|42|cy@example.org'
is 'Gradescope: late' "$(column 4)" '0|0|19'
clean
mkdir -p "$work/in/lab-submissions/lab-ada/.git" "$work/in/lab-submissions/lab-bob/chapters"
cp -r "$work/chapters" "$work/in/lab-submissions/lab-ada"
cp "$work/chapters/00-setup.nw" "$work/in/lab-submissions/lab-bob/chapters"
collect || cat "$work/log"
is 'GitHub Classroom: a folder of repositories' "$(column 1)" 'lab-ada|lab-bob'

# ---- times
clean
n=0
for t in 2026-12-02T20.00 '2026-12-02 20-00-00' 20261202T200000Z 1796241600 2026-12-02T20:00:00+00:00 2026-12-02_20-00; do
  n=$((n + 1)); tar_of "$work/in/t$n@$t.tar"
done
tar_of "$work/in/ann@home.tar"; tar_of "$work/in/none.tar"
DUE=2026-12-02T18:59 collect || cat "$work/log"
is 'times as platforms write them' "$(column 4)" '0|0|2|2|2|2|2|2'
shows 'without a time' "$work/log" '2 without a time of handing in are not late'
printf 't1\t48h\nnobody\t24h\n' > "$work/ext"
EXTENSIONS=$work/ext DUE=2026-12-02T18:59 collect
is 'an extension' "$(column 4)" '0|0|0|2|2|2|2|2'
shows 'of nobody' "$work/log" 'EXTENSIONS: nothing was handed in by nobody'
EXTENSIONS=$work/ext collect
is 'without DUE nothing is late' "$(column 4)" '0|0|0|0|0|0|0|0'
shows 'and says so' "$work/log" 'EXTENSIONS without DUE: nothing is late'
shows 'of nobody, too' "$work/log" 'EXTENSIONS: nothing was handed in by nobody'
echo 't1 48h' > "$work/ext"
EXTENSIONS=$work/ext DUE=2026-12-02 collect && no 'no tab' || shows 'no tab' "$work/log" 'is neither hours nor a date'
DUE=soon collect && no 'DUE=soon' || shows 'DUE=soon' "$work/log" 'is no date'

# ---- archives that are none
refused() {                         # FILE TEXT
  rm -rf "$work/out"; mkdir "$work/out"
  tools/grade/unpack "$1" "$work/out" 00-setup.nw > "$work/log" 2>&1 && no "$1 is taken" ||
    shows "${1##*/}" "$work/log" "$2"
  is "${1##*/}: nothing written" "$(ls "$work/out")" ''
}
head -c 100 "$work/x.zip" > "$work/cut.zip"; refused "$work/cut.zip" 'cut short or damaged'
head -c 80 "$work/x.tar.gz" > "$work/cut.tar.gz"; refused "$work/cut.tar.gz" 'cut short'
head -c 1000 "$work/x.tar" > "$work/cut.tar"; refused "$work/cut.tar" 'cut short'
python3 - "$work" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + '/out.zip', 'w') as z:
    z.writestr('../../chapters/00-setup.nw', 'x')
with zipfile.ZipFile(sys.argv[1] + '/bomb.zip', 'w', 8) as z:
    z.writestr('chapters/00-setup.nw', b'\0' * 50_000_000)
PY
refused "$work/out.zip" 'a path that leads outside'
refused "$work/bomb.zip" 'unpacks to more than 5 MB'
printf 'Rar!\x1a\x07\x00 and more' > "$work/x.rar"; refused "$work/x.rar" 'as tar.gz or zip, please'

# ---- what is made of results: tables, sheets, pages, exports
rm -rf "$work/kit" "$work/g"
mkdir -p "$work/kit" "$work/g/results/"{007,7,sum-1}/yours
printf '0.1\t2\tauto\ttake it\n0.3\t4\tmanual\twhy\n' > "$work/kit/exercises.tsv"
echo 1 > "$work/kit/version"
printf '%s\tf\t0\t%s\t%s\t%s\tsum\n' 007 0 '' 007 7 30 'x; ' 7 sum-1 0 '' '=SUM(A1), "Zoë"' > "$work/g/batch.tsv"
row() { printf '%s\t%s\t%s\t%s\t%s\t1\t1\t%s\t%s\t%s\n' "$@"; }
{ row 0.1 auto 2 2 pass '' '' ''; row 0.3 manual 0 4 manual '' '' ''; } > "$work/g/results/007/rows.tsv"
{ row 0.1 auto 0 2 fail '' a_test $'says \x02\x1b[31m \xef\xbf\xbe \xe2\x80\xae ]]> <b> \\n~~~~~~\\n# out'
  row 0.3 manual 0 4 todo '' '' ''; } > "$work/g/results/7/rows.tsv"
{ row 0.1 auto 0 2 forbidden review '' 'it calls kill'; row 0.3 manual 0 4 manual '' '' ''; } > "$work/g/results/sum-1/rows.tsv"
printf '~~~~\n# out\n~~~~~~~~~~\n\a\e[2J \xef\xbf\xbe\n<script>' > "$work/g/results/sum-1/yours/0.3.txt"
echo 'I say so' > "$work/g/results/007/yours/0.3.txt"
echo 'kill();' > "$work/g/results/sum-1/yours/0.1.c"
printf '007\t0.3\t3.5\tgood\n' > "$work/g/manual.tsv"
tool() { tools/grade/"$1" "$work/g" "$work/kit" > "$work/log" 2>&1 || { no "$1"; cat "$work/log"; }; }
export LATE='grace=24h per_day=10% max=50%'
tool gradebook
is 'as many in as out' "$(wc -l < "$work/g/totals.tsv") $(wc -l < "$work/g/matrix.csv")" '3 4'
is 'totals' "$(cut -f 1-4 "$work/g/totals.tsv" | tr '\t\n' ' |')" '007 5.5 0 5.5|7 0 0 0|sum-1 0 0 0|'
shows 'no formula in a spreadsheet' "$work/g/matrix.csv" "sum-1,\"'=SUM(A1), \"\"Zoë\"\"\","
is 'a header' "$(head -n 1 "$work/g/matrix.csv")" 'id,name,0.1 (2),0.3 (4),raw,penalty,total,max,flags,note'
tool manual; tool feedback; tool export
shows 'what is given stays' "$work/g/manual/0.3.md" '## 007 (given: 3.5)'
is 'a sheet cannot be left' "$(awk '/^~~~~/ { if (fence == "") fence = $0; else if ($0 == fence) fence = ""; next }
  fence == "" && /^# out/' "$work/g/manual/"*.md)" ''
LC_ALL=C grep -rlP '[\x00-\x08\x0b-\x1f\x7f]|\xef\xbf[\xbe\xbf]|\xe2\x80\xae' \
  "$work/g"/{manual,feedback,export,matrix.csv} > "$work/bad"
is 'nothing that steers' "$(cat "$work/bad")" ''
for f in "$work/g"/export/*/junit.xml; do
  python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$f" 2> "$work/log" && ok || no "$f"
done
for f in "$work/g"/export/*/{results.json,autograding.json,autolab}; do
  python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$f" 2> "$work/log" && ok || no "$f"
done

# ---- two at once; what the folders are called
mkdir -p "$work/kit/chapters" "$work/g r'a \"d"; : > "$work/kit/chapters/00-setup.nw"
(flock 9; sleep 3) 9>> "$work/g r'a \"d/.lock" &
sleep 0.5
GRADES="$work/g r'a \"d" SUBMISSIONS=$work/in tools/grade/run grade "$work/kit" > "$work/log" 2>&1 && no 'two at once' ||
  shows 'two at once' "$work/log" 'another make is grading in'
wait
GRADES="$work/g r'a \"d" SUBMISSIONS=$work/in CH=77 tools/grade/run grade "$work/kit" > "$work/log" 2>&1 && no 'CH=77' ||
  shows 'an unknown CH' "$work/log" 'CH: there is no chapter 77'
summary
