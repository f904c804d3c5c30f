#!/bin/bash
# Do others read what chapter 14 writes? The trace of each model, by the rules of the format: an
# object of JSON, times in microseconds from 0, spans of a thread nested or apart, memory never
# below 0. The flame graph, by xmllint or expat. And both with a name that is meant to break them.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
well_formed() {                     # FILE: as xmllint judges, where it is; else expat
  if command -v xmllint > /dev/null; then xmllint --noout "$1"
  else python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1"; fi
}
make -s build/bin/profile build/lib/libtinytorch.a > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cat > "$work/rules.py" <<'PY'
import json, sys
trace = json.load(open(sys.argv[1], encoding='utf-8'))
events = trace['traceEvents']
spans = [e for e in events if e['ph'] == 'X']
memory = [e for e in events if e['ph'] == 'C']
assert len(spans) >= int(sys.argv[2]), f'{len(spans)} spans'
assert {e['ph'] for e in events} <= {'X', 'C', 'M'}, 'kinds of events'
assert min(e['ts'] for e in spans) < 1e5, 'times do not begin at 0'
for e in spans:
    assert isinstance(e['name'], str) and e['name'] and e['dur'] >= 0 and e['ts'] >= 0, e
    assert e['ts'] + e['dur'] < 6e8, f'not microseconds: {e}'
for e in memory:
    assert e['args']['live'] >= 0, e
stack = []                             # nanoseconds, in whole numbers
for e in sorted(spans, key=lambda e: (round(1e3 * e['ts']), -round(1e3 * e['dur']))):
    start, end = round(1e3 * e['ts']), round(1e3 * e['ts']) + round(1e3 * e['dur'])
    while stack and start >= stack[-1]:
        stack.pop()
    assert not stack or end <= stack[-1], f'neither nested nor apart: {e}'
    stack.append(end)
for name in sys.argv[3:]:
    assert any(e['name'] == name for e in spans), f'no {name!r}'
PY
passed=0
ok() { passed=$((passed + 1)); echo "passed: $1"; }

for model in lenet cifar tinygpt; do
  mkdir "$work/$model"
  build/bin/profile "$model" "$work/$model"
  case $model in lenet) span='0 (Conv2d)' ;; cifar) span='0.0 (Conv2d)' ;; *) span='block.3 (TransformerBlock)' ;; esac
  python3 "$work/rules.py" "$work/$model/trace.json" 100 "$span" 'gradient of tt_linear' gemm
  well_formed "$work/$model/flame.svg"
  awk -F '\t' 'NR > 1 && $3 < 0 { exit 1 } END { exit NR < 50 }' "$work/$model/memory.tsv"
  ok "trace, flame graph and memory of $model"
done

cat > "$work/hostile.c" <<'C'
#include <locale.h>
#include <tt/tt.h>
static void step(void *arg) {
  TT_SCOPE;
  tt_span(TT_SPAN_NAMED, arg);
  tt_zeros(TT_SHAPE(3));
  tt_add(tt_zeros(TT_SHAPE(3)), tt_ones(TT_SHAPE(3)));
}
int main(int argc, char *argv[]) {
  setlocale(LC_ALL, "");
  FILE *trace = fopen(argv[1], "w"), *flame = fopen(argv[2], "w");
  Profile *p = tt_profile(step, "<&\"'>\x1b[31m]]>\\ \x80\xff \xc3\xa9 \xf0\x9f\x94\xa5 \xed\xa0\x80 \xef\xbf\xbf", NULL,
                          (ProfilerOptions){.active = 1});
  tt_profiler_trace(trace, p), tt_profiler_flame(flame, p);
  return fclose(trace) || fclose(flame) || argc != 3;
}
C
${CC:-cc} -std=gnu17 -Itangle/include "$work/hostile.c" build/lib/libtinytorch.a -lz -lm -o "$work/hostile"
for locale in C $(locale -a | grep -i '^de_DE\.utf' || :); do   # where a decimal is a comma
  LC_ALL=$locale "$work/hostile" "$work/trace.json" "$work/flame.svg"
  python3 "$work/rules.py" "$work/trace.json" 2 tt_add
  well_formed "$work/flame.svg"
  ok "names that break files, $locale"
done
echo "$passed passed, 0 failed"
