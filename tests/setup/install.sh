#!/usr/bin/env bash
# The library as a guest in another's program: what it shows, that its calls
# stay its own, and that it is installed and leaves without a trace.
# usage: install.sh CC     (from make test-install: both libraries are built)
set -uo pipefail
cc=${1:-gcc}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
. "$root/tests/lib/check.sh"
quiet() { "$@" > /dev/null 2>&1; }
make() { command make --no-print-directory -s -C "$root" "$@"; }

# ---- what is seen from outside
lib=$root/build/lib/libtinytorch.so
nm -D --defined-only "$lib" | awk '{ print $3 }' | sort > seen
grep -v '^tt_' seen > strangers
check "all that is seen begins with tt_" same "$(cat strangers)" ''
nm -D --defined-only "$lib" | awk '$2 == "T" { print $3 }' | sort > functions
for h in "$root"/tangle/include/tt/*.h; do
  ctags -x --language-force=C --kinds-C=p "$h"
done | awk '$1 ~ /^tt_/ { print $1 }' | sort -u > prototypes
# tt_backend_entry is what a plug-in defines
check "every function of a header is there, and no other" \
  diff <(grep -vx tt_backend_entry prototypes) functions
check "there are some" test "$(wc -l < functions)" -gt 200
nm -g --defined-only "${lib%.so}.a" | awk 'NF == 3 { print $3 }' | sort -u > global
check "the static library, which hides nothing, has no other names" \
  same "$(grep -v '^tt_' global)" ''
check "and has all of the shared one" same "$(comm -13 global seen)" ''
# tools/locate reads headers by patterns, ctags as C: the same functions, but
# for what reports failures
sed -n '/^#define TT_FUNCTIONS/,/^$/s/^  F(\(.*\)).*/\1/p' \
  "$root/tangle/include/tt/locate.h" | sort > located
check "each has its macro in locate.h, or says there why not" same \
  "$(comm -3 <(grep -v '^tt_check_' prototypes) located | xargs)" \
  "tt_fail tt_gone tt_missing tt_todo"
# names of types are PyTorch's, macros of the system are not ours
echo '#include <tt/tt.h>' > header.c
grep -rhoE '^#include <[a-z/_]+\.h>' "$root/tangle/include/tt" | sort -u > system.c
macros() { "$cc" -dM -E "-I$root/tangle/include" "$1" | sed 's/^#define \([A-Za-z0-9_]*\).*/\1/' | sort -u; }
check "macros begin with TT_, or wrap a function" \
  same "$(comm -23 <(macros header.c) <(macros system.c) | grep -vE '^(TT_|tt_)')" ''
check "there are some macros" test "$(macros header.c | grep -c '^TT_')" -gt 50
check "it has a name to be found by" same \
  "$(readelf -d "$lib" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')" \
  "libtinytorch.so.$(cut -d . -f 1 "$root/VERSION")"

# ---- every standard, and C++
for compiler in gcc clang; do
  for std in c11 c17 c2x; do
    check "$compiler -std=$std" "$compiler" -std=$std -Wall -Wextra -Wpedantic \
      -Werror -fsyntax-only "-I$root/tangle/include" header.c
  done
done
{ echo '#include <tt/tt.h>'; echo 'void *all[] = {'
  sed 's/.*/  reinterpret_cast<void *>(&),/' functions | grep -vE 'locale'
  echo '};'; } > all.cpp
cp "$root/tests/guest/xor.cpp" .
for compiler in g++ clang++; do
  check "$compiler: a network learns exclusive or" "$compiler" -std=c++17 -Wall -Wextra \
    -Wpedantic -Werror "-I$root/tangle/include" xor.cpp "$root/build/lib/libtinytorch.a" -lz -lm -o xor
  check "$compiler: it has learned, and catches an error" quiet ./xor
  check "$compiler: every function is found" "$compiler" -std=c++17 \
    "-I$root/tangle/include" xor.cpp all.cpp "$root/build/lib/libtinytorch.a" -lz -lm -o xor
done

# ---- functions of the program called like some of the library
cat > host.c <<'END'
#include <stdio.h>
#include <tt/tt.h>
void module_train(void *m) { (void)m; puts("mine"); }
END
cat > hijack.c <<'END'
#include <stdio.h>
void tt_module_train(void *m) { (void)m; puts("mine"); }
END
cat > main.c <<'END'
#include <stdio.h>
#include <tt/tt.h>
int main(void) {
  tt_autograd_enable();
  Linear *l = tt_linear_new(2, 1, NULL);
  Tensor *x = tt_rand(TT_SHAPE(8, 2), NULL), *y = tt_rand(TT_SHAPE(8, 1), NULL);
  Trainer t = {.model = l, .train = tt_batches_new(x, y, (BatchOptions){.size = 4}),
    .opt = tt_sgd_new(tt_module_parameters(l), (SgdOptions){.lr = 0.1}),
    .loss = tt_mse_loss, .epochs = 1, .quiet = true};
  tt_trainer_run(&t);
  puts("trained");
  tt_clear();
}
END
include=-I$root/tangle/include
static=$root/build/lib/libtinytorch.a
shared="-L$root/build/lib -ltinytorch -Wl,-rpath,$root/build/lib"
for how in "$static -lz -lm" "$shared"; do
  # shellcheck disable=SC2086
  check "a name without prefix is the program's: $how" \
    "$cc" $include main.c host.c $how -o main
  check "and is not called: $how" same "$(./main)" trained
done
# shellcheck disable=SC2086
{
  check "even tt_module_train of the program" \
    "$cc" $include main.c hijack.c $shared -o main
  check "is not called by the shared library" same "$(./main)" trained
  check "and clashes with the static one" exits 1 \
    "$cc" $include main.c hijack.c "$static" -lz -lm -o main
  check "by name" has log "multiple definition of \`tt_module_train'"
}

# ---- installed, used, gone
for word in c text; do
  awk -v fence="\`\`\`$word" '$0 == "```" { on = 0 } on; $0 == fence { on = 1 }' \
    "$root/README.md" > "$word"
done
mv c hello.c
check "no program is built for it" lacks <(make -n install PREFIX=/p) build/bin/
check "a relative place" exits 2 make install PREFIX=here
check "is refused with the cure" has log "PREFIX=$root/here is one"

at="$work/a b/usr" dest=(DESTDIR="$work/a b" PREFIX=/usr)
check "for a package: below DESTDIR" make install "${dest[@]}"
check "the file does not know of DESTDIR" lacks "$at/lib/pkgconfig/tinytorch.pc" "a b"
check "gone from DESTDIR" make uninstall "${dest[@]}"
check "nothing is left of it" same "$(find "$at" ! -type d)" ''

at=$work/p
mkdir -p "$at/include/tt"
echo '// Made from chapters/01-tensors.nw by tools/tangle: edit there.' > "$at/include/tt/old.h"
echo '// another tt' > "$at/include/tt/theirs.h"
check "installs" make install PREFIX="$at"
check "a header of an earlier edition goes" test ! -e "$at/include/tt/old.h"
check "what is for the library alone stays here" \
  same "$(find "$at" -name storage.h -o -name locale.h)" ''
export PKG_CONFIG_PATH=$at/lib/pkgconfig
check "pkg-config finds it" same "$(pkg-config --modversion tinytorch)" "$(cat "$root/VERSION")"
flags() { pkg-config --cflags --libs "$@" tinytorch; }
check "what to link" same "$(flags | xargs)" "-I$at/include -L$at/lib -ltinytorch -lm"
# shellcheck disable=SC2046
{
  check "static" "$cc" -static hello.c $(flags --static) -o static
  check "with an rpath" "$cc" hello.c $(flags) -Wl,-rpath,"$at/lib" -o rpath
  check "shared" "$cc" hello.c $(flags) -o shared
}
for program in "./static" "./rpath" "env LD_LIBRARY_PATH=$at/lib ./shared"; do
  check "$program prints what the README says" diff <($program 2>&1) text
done
check "shared needs the library's own name" has <(readelf -d shared) \
  "libtinytorch.so.$(cut -d . -f 1 "$root/VERSION")"
check "uninstalls" make uninstall PREFIX="$at"
check "only what is another's is left" same "$(find "$at" ! -type d)" "$at/include/tt/theirs.h"
check "the static program needs nothing" diff <(./static) text
check "the shared one cannot start" exits 127 ./rpath
summary
