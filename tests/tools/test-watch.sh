#!/bin/bash
# What do the hooks of the profiler cost while nobody profiles? The instructions of the smallest
# training, counted by valgrind: with the library as it is, and with a library whose hooks are
# taken out of the text. At most one percent more. Last line: N passed, N failed.
set -eu
cd "$(dirname "$0")/../.."
. tests/lib/check.sh
command -v valgrind > /dev/null || { echo '0 passed, 0 failed, 1 skipped'; exit; }
home=$PWD work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make -s build/lib/libtinytorch.a > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
read -ra libs <<< "${LDLIBS:--lz -lm}"
tree=$home/build/c/ref
cd "$work"                          # where check writes
build() { ${CC:-gcc} -std=gnu17 -fopenmp-simd -O2 -g0 -I"$tree/include" "$@" "$home/build/lib/libtinytorch.a" "${libs[@]}" -lpthread; }

cat > "$work/xor.c" <<'C'
#include <tt/tt.h>
int main(void)
{
  tt_autograd_enable();
  Generator g;
  tt_manual_seed(&g, 1);
  Sequential *net = TT_SEQUENTIAL(tt_linear_new(2, 4, &g), tt_activation_new(tt_tanh), tt_linear_new(4, 1, &g));
  Tensor *x = tt_from(TT_SHAPE(4, 2), (Real[]){ 0, 0, 0, 1, 1, 0, 1, 1 });
  Tensor *y = tt_from(TT_SHAPE(4, 1), (Real[]){ 0, 1, 1, 0 });
  Optimizer *o = tt_sgd_new(tt_module_parameters(net), (SgdOptions){ .lr = 0.1 });
  for (int i = 0; i < 200; i++) {
    TT_SCOPE;
    tt_optimizer_zero_grad(o);
    tt_backward(tt_mse_loss(tt_forward(net, x), y));
    tt_optimizer_step(o);
  }
}
C
# the files with hooks, as they are and without: compiled alike, linked before the library
hooked=$(grep -lE 'tt_watch\)|tt_span\(' "$tree"/src/*.c | grep -v '/profile\|/memoryuse')
check 'there are hooks' test "$(wc -w <<< "$hooked")" -ge 4
for kind in with without; do
  mkdir "$work/$kind" "$work/$kind/tt"
  cp "$tree"/include/tt/*.h "$work/$kind/tt"
  for file in $hooked; do cp "$file" "$work/$kind"; done
done
sed -i -E 's/if \(tt_watch\)/if (0)/; s/s->watched && tt_watch/0/' "$work"/without/*.c "$work"/without/tt/operation.h
check 'they are gone' lacks "$work/without/memory.c" 'if (tt_watch)'
for kind in with without; do
  build -I"$work/$kind" -iquote "$work/$kind" -o "$work/$kind/xor" "$work/xor.c" "$work/$kind"/*.c 2> "$work/log" ||
    { cat "$work/log"; no "$kind hooks: does not build"; summary; exit 1; }
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$work/$kind/xor" > "$work/said" 2>&1 || no 'callgrind'
  sed -n 's/.*Collected : //p' "$work/said" > "$work/$kind/count"
done
a=$(cat "$work/with/count") b=$(cat "$work/without/count")
percent=$(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.2f", 100 * (a - b) / b }')
check "hooks that sleep: $percent % more instructions than none" awk -v p="$percent" 'BEGIN { exit !(p <= 1 && p >= -1) }'
echo "hooks that sleep: $a instructions, without them $b: $percent % more"
summary
