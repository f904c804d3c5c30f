#!/bin/bash
# Tests of the judge: the sample entries get the places they deserve, and
# no attack of attacks/ wins anything. The first line of an attack: verdict
# and a part of the reason, category and division, its model.
#   tests/olympics/test-judge.sh [--all | attack...]
# Without an argument ten attacks of different kinds are judged, with --all
# each (long); with names these, and nothing else is tested.
set -u
cd "${0%/*}/../.." || exit
export LC_ALL=C.UTF-8
case ${1-} in
  '') picked='answers-ahead nan-label read-labels replay-content order interposed-clock fork
    trained-before memory-in-files reads-the-queue' ;;
  --all) picked= ; shift ;;
  *) picked=$* ;;
esac
unset MAKEFLAGS MAKELEVEL ENTRIES SIGNERS KEY FINAL NOW LIMIT TRIES
here=tests/olympics
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 711 "$work"
passed=0 failed=0
ok() { passed=$((passed + 1)); }
no() { failed=$((failed + 1)); echo "FAILED: $*"; }
is() { if [ "$2" = "$3" ]; then ok; else no "$1: got \"$2\", wanted \"$3\""; fi; }
like() { if [[ $2 =~ $3 ]]; then ok; else no "$1: \"$2\" is not like \"$3\""; fi; }
summary() { echo "$passed passed, $failed failed"; [ $failed = 0 ]; }
if ! tools/grade/safe 2> "$work/log"; then cat "$work/log"; no 'no sandbox here'; summary; exit; fi
kit=${KIT:-build/olympics/kit}
[ -n "${KIT-}" ] || make --no-print-directory SETUP=no olympics-kit > "$work/log" 2>&1 ||
  { cat "$work/log"; no 'the kit'; summary; exit; }
export UNSTEADY=yes PICTURES=400 PAIRS=10 SEEDS=3 TARGET=0.5 OLYMPICS=$work/o TRIES=100
export REFRESH=1000000              # seconds between pages
[ -f build/olympics/reference.tt ] ||
  build/bin/entrant train build/olympics/reference.tt > "$work/log" ||
  { cat "$work/log"; no 'the reference'; summary; exit; }

field() {                           # TEAM COLUMN of its last line
  awk -F '\t' -v t="$1" -v c="$2" '$3 == t { v = $c } END { print v }' "$OLYMPICS/ledger.tsv"
}
result() {                          # TEAM KEY of what was measured
  awk -F '\t' -v k="$2" '$1 == k { print $2 }' "$OLYMPICS/entries/$(field "$1" 2)/result.tsv"
}
pack() {                            # ARCHIVE TEAM CATEGORY DIVISION SOURCE MODEL [MORE.tsv]
  local d=$work/pack
  rm -rf "$d"; mkdir -p "$d/submission/entry" "${1%/*}"
  # an entry is one file
  sed -e "/^#include \"honest.h\"/{r $here/honest.h" -e 'd}' "$5" > "$d/submission/entry/own.c"
  printf '%s\t%s\n' team "$2" entry e category "$3" division "$4" > "$d/submission/entry/entry.tsv"
  [ "$6" = - ] || cp build/olympics/reference.tt "$d/submission/entry/model.tt"
  [ ! -f "${7-}" ] || cat "$7" >> "$d/submission/entry/entry.tsv"
  tar -C "$d" -cf "$1" submission
}
judges() { tools/olympics/judge "$kit" "$1" > "$work/log" 2>&1; }

# ---- make entrant says at once what an entry lacks, before a kit is made
mkdir "$work/mine"
there() { tools/olympics/try - "$work/mine" 2>&1; echo "$?"; }
like 'no program' "$(there)" "^entrant: there is no $work/mine/own.c: .*"$'\n2$'
: > "$work/mine/own.c"
like 'nothing said of it' "$(there)" "^entrant: there is no $work/mine/entry.tsv: .*"$'\n2$'
: > "$work/mine/entry.tsv"
is 'all there' "$(there)" 0

# ---- honest ones: the given network against itself, and by hand
sed -e '/^static void train/,/^}/d' -e 's/load, answer, train, save/load, answer, NULL, NULL/' \
  -e '/^static void save/,/^}/d' "$kit/tree/programs/entrant.c" > "$work/same.c"
pack "$work/honest/same.tar" same sprint closed "$work/same.c" -
pack "$work/honest/ben.tar" ben sprint closed $here/entries/ben-byhand/own.c -
pack "$work/honest/dora.tar" dora marathon open $here/entries/dora-short/own.c -
judges "$work/honest" || { cat "$work/log"; no 'honest entries'; summary; exit; }
for t in same ben dora; do is "$t" "$(field $t 7) $(field $t 8)" 'ok -'; done
is 'the reference itself: as many are right' "$(result same private)" "$(result same reference)"
is 'by hand: as many' "$(result ben private)" "$(result ben reference)"
is 'bytes: the weights, and its code' \
  "$(($(result same bytes) - $(result same code)))" "$(wc -c < build/olympics/reference.tt)"
like 'its code is small' "$(result same code)" '^[0-9]{3,4}$'

# ---- attacks
for f in "$here"/attacks/*.c; do
  n=${f##*/} n=${n%.c}
  [ -z "$picked" ] || [[ " ${picked//$'\n'/ } " == *" $n "* ]] || continue
  IFS=$'\t' read -r _ place model < <(head -n 1 "$f")
  # shellcheck disable=SC2086  # two words
  pack "$work/attack/$n.tar" "$n" $place "$f" "$model" "${f%.c}.tsv"
done
judges "$work/attack" || { cat "$work/log"; no 'attacks'; }
[ -n "$picked" ] || [ "$(ls "$work"/attack | wc -l)" -ge 30 ] || no 'few attacks'
line() { grep -E "	$(sha256sum < "$1" | cut -d ' ' -f 1)	" "$OLYMPICS/ledger.tsv"; }
for f in "$work"/attack/*.tar; do
  n=${f##*/} n=${n%.tar}
  want=$(head -n 1 "$here/attacks/$n.c" | cut -f 1) want=${want#// }
  verdict=$(line "$f" | cut -f 7) reason=$(line "$f" | cut -f 8)
  case ${want%%:*} in
    overclaimed) is "$n: measured" "$verdict" ok
      like "$n: not believed" "$(result "$n" overclaimed)" "${want#*:}" ;;
    counted) is "$n" "$verdict" refused
      [ "$(result "$n" code)" -ge "${want#*:}" ] || no "$n: $(result "$n" code) bytes of code" ;;
    ok) is "$n" "$verdict" ok
      like "$n: its training is in its time" \
        "$(awk -v a="$(result "$n" ratio)" -v b="$(result dora ratio)" 'BEGIN { print a / b }')" \
        '^(0\.[2-9]|[1-4](\.|$))' ;;
    *) is "$n: verdict" "$verdict" "${want%%:*}"
       like "$n: reason" "$reason" "${want#*:}" ;;
  esac
done
if [ $# -gt 0 ]; then summary; exit; fi

# ---- one entry under many names, seeds and tries
sed 's/\bnet\b/my_net/g; s/(0)/(1)/' "$work/same.c" > "$work/other.c"
pack "$work/twins/1.tar" twin sprint closed "$work/other.c" -
judges "$work/twins"
is 'another name, another seed' "$(field twin 7)" refused
like 'of which' "$(field twin 8)" '^made of the same as same-e-'
cat > "$work/try.c" <<'C'
#include <tt/tt.h>
static Tensor *answer(Tensor *x) { (void)x; return tt_full(TT_SHAPE(1, 10), SEED); }
static const Entry entry = {NULL, answer, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }
C
for k in 1 2 3; do
  sed "s/SEED/$k/" "$work/try.c" > "$work/try-$k.c"
  pack "$work/tries/$k.tar" often sprint open "$work/try-$k.c" -
  touch -d "2026-01-0$k" "$work/tries/$k.tar"
done
TRIES=2 NOW=2026-05-01T10:00:00Z judges "$work/tries"
is 'two tries a day' "$(awk -F '\t' '$3 == "often" { printf "%s ", $7 }' "$OLYMPICS/ledger.tsv")" \
  'refused refused quota '
sed "s/SEED/4/" "$work/try.c" > "$work/try-4.c"
pack "$work/tries/4.tar" often sprint open "$work/try-4.c" -
TRIES=2 NOW=2026-05-02T10:00:00Z judges "$work/tries"
is 'and two on the next, the first of them that of yesterday' \
  "$(awk -F '\t' '$3 == "often" { printf "%s ", $7 }' "$OLYMPICS/ledger.tsv")" \
  'refused refused quota refused refused '

# ---- the public part by heart: what one could know if it leaked
/usr/bin/python3 - "$OLYMPICS/hidden" > "$work/heart.c" <<'PY'
import json, sys
d = open(sys.argv[1], 'rb').read()
n = int.from_bytes(d[:8], 'little')
h = json.loads(d[8:8 + n])
part = {k: d[8 + n + h[k]['data_offsets'][0]:8 + n + h[k]['data_offsets'][1]] for k in 'xy'}
print('#include <tt/tt.h>\nstatic const struct { unsigned sum; int label; } known[] = {')
for i in range(120):
    p = part['x'][784 * i:784 * i + 784]
    print('{%uu, %d},' % (sum(v * (k * k + 1) for k, v in enumerate(p)) % 2**32, part['y'][4 * i]))
print('''};
static Tensor *answer(Tensor *x) {
  unsigned sum = 0;
  for (unsigned k = 0; k < 784; k++)
    sum += ((uint8_t *)x->data)[k] * (k * k + 1);
  Tensor *z = tt_zeros(TT_SHAPE(1, 10));
  for (int i = 0; i < 120; i++)
    if (known[i].sum == sum)
      ((Real *)z->data)[known[i].label] = 1;
  return z;
}
static const Entry entry = {NULL, answer, NULL, NULL};
int main(int argc, char **argv) { return tt_entry_main(&entry, argc, argv); }''')
PY
pack "$work/heart/1.tar" heart sprint open "$work/heart.c" -
judges "$work/heart"
is 'by heart: all of the public part' "$(result heart public)" 1
is 'by heart: verdict' "$(field heart 7)" refused

# ---- the projects: photographs that look like CIFAR-10 to the judge, and a GPT of few steps
project() { tools/olympics/project "$kit" "$@" > "$work/log" 2>&1; }
said() { awk -F '\t' -v k="$1" '$1 == k { print $2 }' "$work/log"; }
mkdir -p "$work/idle" "$work/data/cifar-10-batches-bin"
cp "$work/try-1.c" "$work/idle/own.c"
TT_DATA=$work/none project frugal "$work/idle" && no 'nothing is learned'
is 'where CIFAR-10 is not' "$(said task)" signs
/usr/bin/python3 - "$work/data/cifar-10-batches-bin" <<'PY'
import random, sys
random.seed(1)
for name in ['data_batch_%d' % i for i in range(1, 6)] + ['test_batch']:
    with open('%s/%s.bin' % (sys.argv[1], name), 'wb') as f:
        for i in range(120):
            k = random.randrange(10)   # a dark band, and how red all is
            f.write(bytes([k]) + bytes(
                (40 if r // 7 == k % 5 else 200 if c or k < 5 else 90) + random.randrange(50)
                for c in range(3) for r in range(32) for _ in range(32)))
PY
TT_DATA=$work/data TARGET=0.9 project frugal $here/projects/frugal ||
  { cat "$work/log"; no 'frugal: the reference'; }
is 'where it has come since' "$(said task)" CIFAR-10
like 'seconds times gigabytes' \
  "$(awk -v s="$(said seconds)" -v p="$(said peak)" -v r="$(said score)" 'BEGIN { print s * p / 1e9 / r }')" \
  '^(1|1\.00|0\.99)'
make --no-print-directory SETUP=no engine-entry ENGINE="$work/engine" STEPS=40 > "$work/log" 2>&1 ||
  { cat "$work/log"; no 'the GPT is trained'; }
SIZE=1000 BITS=7 project engine "$work/engine" || { cat "$work/log"; no 'the GPT'; }
like 'it has learned, and reads on where its window is full' "$(said loss)" '^[3-6]\.'
head -c 120 chapters/01-*.nw > "$work/few"
TEXT=$work/few BITS=7 project engine "$work/engine-floats"
whole=$("$work/engine-train" - "$work/engine-floats/model.tt" 0 "$work/few")
is 'byte by byte as in one pass' \
  "$(awk -v a="$(said loss)" -v b="$whole" 'BEGIN { print a - b < 0.002 && b - a < 0.002 }')" 1
SIZE=1000 project engine "$work/engine" && no 'a loss that is too high'
like 'too many bits' "$(said reason)" 'bits a byte; at most 2.000'
SIZE=1000 BITS=7 MEGABYTES=10 project engine "$work/engine" && no 'a box that is too small'
SIZE=1000 BITS=7 project engine $here/projects/engine-start || { cat "$work/log"; no 'counts'; }
project engine $here/projects/engine && no 'a GPT without its weights'
like 'how it gets them' "$(cat "$work/log")" 'make engine-entry'

# ---- who may hand in
for k in anna bert cleo; do ssh-keygen -q -t ed25519 -N '' -f "$work/$k"; done
{ echo "anna $(cat "$work/anna.pub")"; echo "bert $(cat "$work/bert.pub")"
  echo "expedition $(cat "$work/cleo.pub")"; } > "$work/signers"
signed() {                          # ARCHIVE TEAM KEY CHANGE
  local d=$work/signed
  rm -rf "$d"; mkdir -p "$d/submission/entry" "${1%/*}"
  sed "s/SEED/$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')/; s/answer/answer_$2_${1//[^a-z]/}/g" \
    "$work/try.c" > "$d/submission/entry/own.c"
  printf '%s\t%s\n' team "$2" entry e category sprint > "$d/submission/entry/entry.tsv"
  (cd "$d/submission" && { printf 'format\t1\nedition\t%s\t%064d\n' \
      "$(head -n 1 "$OLDPWD/VERSION")" 0
    printf 'exercise\t0.1\t1\tauto\ttodo\t-\tx\n'
    sha256sum entry/* | sed 's/^\([0-9a-f]*\) *\(.*\)/file\t\1\t\2/'; } > MANIFEST
    [ "$3" = - ] || ssh-keygen -q -Y sign -n tinytorch-submission -f "$3" MANIFEST 2> /dev/null
    [ -z "${4-}" ] || echo '// more' >> entry/own.c)
  tar -C "$d" -cf "$1" submission
}
signed "$work/keys/good.tar" anna "$work/anna"
signed "$work/keys/other.tar" anna "$work/bert"
signed "$work/keys/none.tar" anna -
signed "$work/keys/changed.tar" anna "$work/anna" changed
signed "$work/keys/named.tar" anna "$work/cleo"
signed "$work/keys/more.tar" anna "$work/anna" changed
echo > "$work/signed/submission/edition"
tar -C "$work/signed" -cf "$work/keys/more.tar" submission
# two own.c: the later one counts, the last one is as signed
signed "$work/keys/two.tar" anna "$work/anna"
mkdir -p "$work/two/submission/entry"
echo 'int main(void) { return 1; }' > "$work/two/submission/entry/own.c"
touch -d 2040-01-01 "$work/two/submission/entry/own.c"
tar -C "$work/two" -cf "$work/keys/two.tar" submission
tar -C "$work/signed" -rf "$work/keys/two.tar" submission
SIGNERS=$work/signers judges "$work/keys" || { cat "$work/log"; no 'signatures'; }
is 'signed: scored' "$(line "$work/keys/good.tar" | cut -f 7)" refused
for k in 'other:signed by bert' 'none:not signed' 'changed:not as packed' \
  'named:signed by expedition' 'more:not as packed' 'two:not as packed'; do
  is "${k%%:*}: verdict" "$(line "$work/keys/${k%%:*}.tar" | cut -f 7)" unbuilt
  like "${k%%:*}: reason" "$(line "$work/keys/${k%%:*}.tar" | cut -f 8)" "${k#*:}"
done
mkdir -p "$work/odd"; echo hello > "$work/odd/text.tar"
: > "$work/odd/empty.tar"
(mkdir -p "$work/bin/submission/entry" && cp "$kit/object/own.o" "$work/bin/submission/entry" &&
  tar -C "$work/bin" -cf "$work/odd/binary.tar" submission)
judges "$work/odd" || { cat "$work/log"; no 'odd archives'; }
like 'a binary' "$(line "$work/odd/binary.tar" | cut -f 8)" 'no submission/entry/own.c'
like 'no archive' "$(line "$work/odd/text.tar" | cut -f 8)" 'not a tar'
like 'empty' "$(line "$work/odd/empty.tar" | cut -f 8)" empty
judges "$work/odd"; like 'once is enough' "$(tail -n 1 "$work/log")" '^0 judged'
mkdir "$work/names"
cp "$work/odd/text.tar" "$work/names/ a \\ name"$'\n'"of two lines"
echo 1 >> "$work/names/ a \\ name"$'\n'"of two lines"
judges "$work/names"; like 'any name of a file' "$(tail -n 1 "$work/log")" '^1 judged'
# the place of an entry is taken, as if its eight digits had been met
pack "$work/met/1.tar" met sprint open "$work/try-4.c" -
d=met-e-$(sha256sum < "$work/met/1.tar" | cut -c 1-8)
mkdir "$OLYMPICS/entries/$d"; echo mine > "$OLYMPICS/entries/$d/archive"
judges "$work/met"; is 'what is kept stays' "$(cat "$OLYMPICS/entries/$d/archive")" mine

# ---- the page
page=$OLYMPICS/board/index.html
printf 'techniques\t<script>alert(1)</script> & "more" \u202edetrever\e[2J\n' > "$work/markup"
{ cat $here/entries/ben-byhand/own.c; echo 'int more(int a);int more(int a) { return a + a; }'; } \
  > "$work/more.c"                   # else it is a twin
pack "$work/page/1.tar" markup all-round closed "$work/more.c" - "$work/markup"
# Feather: the smaller one first, though it is slower; Invention: a jury
cat "$work/same.c" - > "$work/heavy.c" <<'C'
int heavy[4096] = {1};
int more(int a);
int more(int a) { return heavy[a & 4095]; }
C
cat $here/entries/ben-byhand/own.c - > "$work/light.c" <<'C'
int more(int a);
int more(int a) { return a - a; }
C
cat "$work/same.c" - > "$work/idea.c" <<'C'
int more(int a);
int more(int a) { return a * a; }
C
pack "$work/page/2.tar" heavy feather closed "$work/heavy.c" -
pack "$work/page/3.tar" light feather closed "$work/light.c" -
pack "$work/page/4.tar" inventor invention closed "$work/idea.c" -
judges "$work/page"
is 'markup in what it says of itself: judged' "$(field markup 7)" ok
tools/olympics/board > "$work/log" 2>&1 || { cat "$work/log"; no 'the page'; }
is 'no script of others' "$(grep -c '<script' "$page")" 0
is 'nothing that turns the text, or steers a terminal' "$(grep -c $'\u202e\\|\e' "$page")" 0
is 'no private part yet' "$(grep -c 'class="n">[0-9.]* <small>.* %' "$page")" 0
grep -q '<svg' "$page" && ok || no 'no plot'
# one more than are surely faster; who that is depends on the machine
want=1
while read -r id; do
  awk -F '\t' -v low="$(result ben ratio_low)" '{ v[$1] = $2 }
    END { exit !(v["category"] == "sprint" && v["ratio_high"] + 0 < low + 0) }' \
    "$OLYMPICS/entries/$id/result.tsv" && want=$((want + 1))
done < <(awk -F '\t' '$7 == "ok" { id[$3, $5] = $2 } END { for (k in id) print id[k] }' "$OLYMPICS/ledger.tsv")
is 'places: one more than are surely faster' \
  "$(grep -o '<td class="n">[0-9]*</td><td>ben' "$page" | grep -o '[0-9]*')" "$want"
grep -q 'times as fast' "$page" && ok || no 'reasons are shown'
place() { grep -o "<td class=\"n\">[^<]*</td><td>$1" "$page" | sed 's/<[^>]*>//g'; }
is 'feather: both are judged' "$(field heavy 7) $(field light 7)" 'ok ok'
[ "$(result heavy bytes)" -gt "$(result light bytes)" ] && ok || no 'feather: which is heavy?'
is 'feather: the smaller one is first' "$(place light) $(place heavy)" '1light 2heavy'
is 'an invention waits for the jury' "$(field inventor 7) $(place inventor)" 'jury &ndash;inventor'
printf '%s\t%s\n' "$(field inventor 2)" 3 > "$OLYMPICS/jury.tsv"
tools/olympics/board > /dev/null; is 'the jury has its place' "$(place inventor)" 3inventor
# it loads itself anew, but not the final one
is 'every half minute' "$(grep -c '<meta http-equiv="refresh" content="30">' "$page")" 1
if [ -e build/npm/node_modules ] && command -v chromium > /dev/null; then
  is 'it loads itself anew' "$(timeout 120 node $here/reload.mjs "$page" 2>&1)" reloaded
else echo 'SKIPPED: no chromium here, or no node_modules: the page loads itself anew'; fi
FINAL=yes tools/olympics/board > /dev/null
is 'the final page stays' "$(grep -c 'http-equiv="refresh"' "$page")" 0
grep -q '&ndash;' "$page" && ok || no 'final: intervals'

# ---- an audit says of each that it measures what it finds, whatever that is
if [ -z "$picked" ]; then
  tools/olympics/audit "$kit" > "$work/audit" 2>&1
  n=$(grep -cE '^[a-z0-9-]+: (confirmed|not confirmed|the machine was not steady)' "$work/audit")
  [ "$n" -ge 4 ] && ok || { no "an audit: $n entries"; cat "$work/audit"; }
  is 'whom it does not confirm is void' "$(grep -c ': not confirmed' "$work/audit")" \
    "$(awk -F '\t' '$7 == "void" && $8 ~ /^audit: [0-9.e-]+, then [0-9.e-]* / { n++ } END { print n + 0 }' "$OLYMPICS/ledger.tsv")"
fi

# ---- the ledger
build/bin/judge check "$OLYMPICS/ledger.tsv" && ok || no 'a sound ledger'
cp "$OLYMPICS/ledger.tsv" "$work/sound"
sed -i '/	refused	/{s/refused/ok/;:a;n;ba}' "$OLYMPICS/ledger.tsv"
judges "$work/odd" && no 'a forged ledger is gone on with'
like 'a forged ledger' "$(cat "$work/log")" 'its seal does not fit'
tools/olympics/board > "$work/log" 2>&1 && no 'a page of a forged ledger'
{ cat "$work/sound"; printf '\0'; tail -n 1 "$work/sound"; } > "$OLYMPICS/ledger.tsv"
build/bin/judge check "$OLYMPICS/ledger.tsv" > "$work/log" && no 'a line behind a zero'
head -n -1 "$work/sound" > "$OLYMPICS/ledger.tsv"
judges "$work/odd" && no 'a ledger that was cut is gone on with'
like 'a ledger that was cut' "$(cat "$work/log")" 'lines are missing at the end'
cp "$work/sound" "$OLYMPICS/ledger.tsv"
id=$(field same 2); sed -i 's/^ratio.*/ratio	0.001/' "$OLYMPICS/entries/$id/result.tsv"
tools/olympics/board > /dev/null
grep -q 'lost or changed' "$page" && ok || no 'a result that was changed is shown'
summary
