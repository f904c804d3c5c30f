#!/bin/sh
# make bench asks its peers for their best; make bench-against compares two
# builds and is not fooled: programs whose times are known take the places
# of those that measure.
set -u
home=$(cd "${0%/*}/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
. "$home/tests/lib/check.sh"

# ---- which kernel OpenBLAS is asked for
mkdir -p tests
ln -s "$home/tests/bench" "$home/tests/bench.mk" tests
cat > Makefile <<'END'
CC := gcc
PYTHON := python3
include tests/bench.mk
build/lib/libtinytorch.a: ;
END
kernel() {                         # FLAGS [VARIABLE]: what is asked for
  make -n bench cpu-flags="$1" "${2:-A=}" |
    sed -n 's/.*OPENBLAS_CORETYPE=\([^ ]*\).*/\1/p' | sort -u
}
check "AVX-512" same "$(kernel 'flags : sse2 avx2 avx512f')" SkylakeX
check "AVX2" same "$(kernel 'flags : sse2 avx2')" Haswell
check "older: as OpenBLAS finds" same "$(kernel 'flags : sse2')" ''
check "as one says" same "$(kernel 'avx2' BENCH_CORETYPE=Zen)" Zen

# ---- two builds
cat > program.py <<'END'
#!/usr/bin/env python3
# Two cases; how long they take is in the file named like this one + .times.
import sys
for line in open(sys.argv[0] + ".times"):
    case, seconds = line.split()
    if sys.argv[1] not in "suite " + case:
        continue
    print("suite", case, "ns", "1e+09", sep="\t", flush=True)
    n = 0
    while (ask := sys.stdin.readline().strip()):
        n += 1                     # a busy machine: only sometimes quick
        late = 1 + (n % 3 > 0)
        print(8 if ask == "0" else float(seconds) * late, flush=True)
END
chmod +x program.py
for side in old new; do
  mkdir "$side"
  for p in elementwise steps; do cp program.py "$side/$p"; : > "$side/$p.times"; done
done
printf 'a 2e-6\nb 1e-6\n' > old/steps.times
printf 'a 1e-6\nb 3e-6\n' > new/steps.times
against() { BENCH_RUNS=2 python3 "$home/tests/bench/against.py" "$@"; }
check "runs" exits 0 against -o rows.tsv old new
check "half the time" has log "  0.50"
check "three times" has log "3.00  slower"
check "the rows" same "$(cut -f 2,3,5,6 rows.tsv | tr '\t\n' ' ;')" \
  "case peer best unit;a old 2000 ns;a tinytorch 1000 ns;b old 1000 ns;b tinytorch 3000 ns;"
check "only b" exits 0 against old new 'suite b'
check "only b" lacks log "suite a"
check "no such case" exits 1 against old new c
echo 'c 1e-6' >> new/steps.times
check "not the same cases" exits 1 against old new
check "not the same cases" has log "do not the same"
summary
