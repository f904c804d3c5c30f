# batch.sh: part of test-grade.sh, sourced: 200 submissions of ten kinds
# in one run with -j2, killed half-way and taken up again.
mkdir "$work/batch" "$work/two"
cp "$work"/base/0[01]-*.nw "$work/two"
attacks=($here/attacks/*.c)
cat > "$work/partly" <<'C'
at = index.dim[0];
C
cat > "$work/leaking" <<'C'
int64_t *volatile step = malloc(sizeof *step);
*step = 1;
for (int d = t->rank - 1; d >= 0; d--) {
  t->stride[d] = *step;
  *step *= t->shape[d];
}
C
full=21
for i in $(seq -w 1 200); do
  case $((10#$i % 10)) in
    0|1) kind=solved args=() ;;
    2|3) kind=honest args=()
         for id in 0.2 1.2 1.4; do
           mapfile -t f < <(grep -l "^// $id " $here/honest/*.c)
           args+=("$id=${f[$((10#$i / 10 % ${#f[@]}))]}")
         done ;;
    4) kind=partly args=(1.3="$work/partly" 1.9=- 1.10=-) ;;
    5) kind=wrong args=(0.1=$here/attacks/wrong.c) ;;
    6) kind=broken args=(1.2=$here/attacks/syntax.c) ;;
    7) kind=looping args=(0.1=$here/attacks/loop.c) ;;
    8) kind=leaking args=(1.2="$work/leaking") ;;
    9) kind=attack args=(0.1="${attacks[$((10#$i / 10 * 3 % ${#attacks[@]}))]}") ;;
  esac
  $here/compose tar "$work/two" "$work/batch/$kind-$i.tar" "${args[@]}"
done
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
stat -c '%n %Y %i' $(cut -d ' ' -f 1 "$work/done1") > "$work/done2"
if cmp -s "$work/done1" "$work/done2"; then ok; else no 'some were graded twice'; fi
is 'lines of the second run' "$(grep -c '^[a-z]*-[0-9]* .* points' "$work/log")" $((200 - n))
is 'none is lost' "$(wc -l < "$grades/totals.tsv")" 200
is 'each has all its rows' "$(cat "$grades"/results/*/rows.tsv | wc -l)" $((200 * 12))
while IFS=$'\t' read -r id raw _; do
  case $id in
    solved-*|honest-*)            want=$full ;;
    partly-*)                     want=$((full - 6)) ;;
    *)                            want=$((full - 1)) ;;
  esac
  is "$id" "$raw" $want
done < "$grades/totals.tsv"
echo "200 submissions with -j2: $((half - start)) s until the kill ($n done), $((end - again)) s for the rest"
m stats GRADES="$grades"; head -n 14 "$work/log"
