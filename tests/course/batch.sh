# shellcheck shell=bash
# batch.sh: part of test-grade.sh, sourced: 200 submissions of ten kinds
# in one run with -j2, killed half-way and taken up again.
. "${here:?}/class.sh"
class 200 "$work/batch"
is 'submissions' "$(ls "$work/batch" | wc -l)" 200
grades=$work/gb
start=$(date +%s)
setsid make --no-print-directory -j2 grade GRADES="$grades" SUBMISSIONS="$work/batch" CH="0 1" LIMIT=2 > "$work/log1" 2>&1 &
runner=$!
while kill -0 $runner 2> /dev/null && [ "$(ls "$grades"/results/*/rows.tsv 2> /dev/null | wc -l)" -lt 80 ]; do sleep 1; done
kill -9 -- -$runner 2> /dev/null
wait $runner 2> /dev/null
half=$(date +%s)
sleep 1
stat -c '%n %Y %i' "$grades"/results/*/rows.tsv > "$work/done1"
n=$(wc -l < "$work/done1")
if [ "$n" -ge 80 ] && [ "$n" -lt 200 ]; then ok; else no "killed half-way: $n were done"; fi
again=$(date +%s)
grade SUBMISSIONS="$work/batch" CH="0 1" LIMIT=2 || { tail -n 5 "$work/log"; no 'taken up again'; }
end=$(date +%s)
cut -d ' ' -f 1 "$work/done1" | xargs stat -c '%n %Y %i' > "$work/done2"
if cmp -s "$work/done1" "$work/done2"; then ok; else no 'some were graded twice'; fi
is 'lines of the second run' "$(grep -c '^[a-z]*-[0-9]* .* points' "$work/log")" $((200 - n))
is 'none is lost' "$(wc -l < "$grades/totals.tsv")" 200
is 'each has all its rows' "$(cat "$grades"/results/*/rows.tsv | wc -l)" \
  $((200 * $(awk -F '\t' '$1 < 2' "$kit/exercises.tsv" | wc -l)))
while IFS=$'\t' read -r id raw _; do right "$id" "$raw"; done < "$grades/totals.tsv"
echo "200 submissions with -j2: $((half - start)) s until the kill ($n done), $((end - again)) s for the rest"
m stats GRADES="$grades"; head -n 14 "$work/log"
