#!/bin/sh
# Headers as a guest's compiler sees them: each alone, in every standard;
# flags that would change numbers are refused; a program and a library
# that differ in Real do not link; a C++ program learns exclusive or.
# usage: headers.sh TREE LIBRARY.a LIBRARY.so
include=$1/include static=$(realpath "$2") shared=$(realpath -s "$3")
include=$(realpath "$include") here=$(realpath "$(dirname "$0")")
. "$here/../lib/check.sh"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT && cd "$dir" || exit

# ---- each header alone (locate.h needs those before it: tt.h has it)
one() {                              # COMPILER LANGUAGE STANDARD HEADER
  printf '#include "tt/%s"\ntypedef int t;\n' "$4" |
    $1 -x "$2" -std="$3" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$include" -
}
for h in "$include"/tt/*.h; do
  h=${h##*/}
  [ "$h" != locate.h ] || continue
  for std in c11 c17 c2x; do
    for compiler in gcc clang; do
      check "$h alone, $compiler -std=$std" one $compiler c $std "$h"
    done
  done
  [ "$h" != storage.h ] || continue    # for the library alone
  for compiler in g++ clang++; do
    check "$h alone, $compiler -std=c++17" one $compiler c++ c++17 "$h"
  done
done

# ---- flags that would change numbers
printf '#include "tt/tensor.h"\n#include "tt/scalar.h"\ntypedef int t;\n' > all.c
taken() { check "taken: $*" "$@" -fsyntax-only -I"$include" all.c; }
refused() {
  check "refused: $*" exits 1 "$@" -fsyntax-only -I"$include" all.c
  check "why: $*" has log 'wrong numbers: '
}
for compiler in gcc clang; do
  refused $compiler -ffast-math
  refused $compiler -Ofast
  refused $compiler -O2 -ffinite-math-only
  taken $compiler -Ofast -fno-fast-math
  taken $compiler -O3
  taken $compiler -O2 -DTT_REAL=double
done
refused gcc -funsafe-math-optimizations
case $(uname -m) in x86_64)
  refused gcc -mfpmath=387
  taken gcc -march=sapphirerapids -std=gnu17  # has _Float16 arithmetic
esac

# clang reorders without a macro that says so: what it makes must be right
cat > sigmoid.c <<'END'
#include "tt/scalar.h"
#include <stdio.h>
int main(int n, char **unused) {
  (void)unused;
  for (int i = 0; i < 4; i++) printf("%.4f ", (double)tt_sigmoidf((Real)(n + i)));
}
END
numbers() { "$@" -I"$include" sigmoid.c "$static" -lz -lm -o sigmoid && ./sigmoid; }
if [ "$(nm "$static" 2>&1 | grep -c 'R tt_built_for_float$')" = 1 ]; then
  check 'clang may not reorder' numbers clang -O3 -funsafe-math-optimizations
  check 'sigmoid of 1 to 4' has log '0.7311 0.8808 0.9526 0.9820'
else
  no 'the library does not say which Real it was built for'
fi

# ---- Real of the program, Real of the library
printf '#include "tt/tensor.h"\nint main(void) { return 0; }\n' > tensor.c
printf '#include "tt/tt.h"\nint main(void) { tt_clear(); }\n' > tt.c
link() { "$@" -lz -lm -o program; }
few() { link "$@" -ffunction-sections -fdata-sections -Wl,--gc-sections; }
for compiler in gcc clang; do
  for how in 'link -O0' 'few -O2'; do
    for program in tensor.c tt.c; do
      for library in "$static" "$shared"; do
        kind=${library##*.}
        check "float: $compiler $how $program .$kind" \
          "${how% *}" $compiler "${how#* }" -I"$include" $program "$library"
        check "double: $compiler $how $program .$kind" \
          exits 1 "${how% *}" $compiler "${how#* }" -DTT_REAL=double -I"$include" $program "$library"
        check "what is missing: $compiler $how $program .$kind" \
          has log tt_built_for_double
      done
    done
  done
done

# ---- C++
for compiler in g++ clang++; do
  for library in "$static" "$shared"; do
    check "$compiler, .${library##*.}" link $compiler -std=c++17 -O2 \
      -Wall -Wextra -Wpedantic -Werror -I"$include" "$here/xor.cpp" "$library" -Wl,-rpath,"${library%/*}"
    check 'it learns exclusive or' ./program
  done
done
summary
