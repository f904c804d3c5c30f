#!/bin/sh
# Bytes beside PyTorch's, in one run: microseconds for a forward pass.
set -e
for f in build/bin/bytes tests/bench/bytes.py; do
  [ -e $f ] || { echo "16-beside: $f is not here; make bench BENCH=bytes makes it" >&2; exit 1; }
done
{ build/bin/bytes bytes-; build/bin/bytes floats-
  /usr/bin/python3 tests/bench/bytes.py; } | awk -F'\t' '
  { split($2, c, "-"); t[$3 "/" c[1] "/" c[2]] = $5 }
  END {
    printf "%-6s %14s %14s %14s %14s %14s\n", "", "ours", "ours", \
      "PyTorch", "qnnpack", "oneDNN"
    printf "%-6s %14s %14s %14s %14s %14s\n", "rows", "floats", "bytes", \
      "floats", "bytes", "bytes"
    for (b = 1; b <= 64; b *= 8)
      printf "%-6d %11.0f us %11.0f us %11.0f us %11.0f us %11.0f us\n", b, \
        t["tinytorch/floats/" b], t["tinytorch/bytes/" b], \
        t["pytorch/floats/" b], t["pytorch-qnnpack/bytes/" b], \
        t["pytorch-onednn/bytes/" b]
  }'
