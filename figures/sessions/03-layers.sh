#!/bin/bash
# The small runs that chapter 3 prints: 03-layers.sh NAME
. "${0%/*}/lib.sh"
part() {    # NAME FROM,TO: these lines, numbered
  awk -v from="${2%,*}" -v to="${2#*,}" 'NR >= from && NR <= to {
    printf $0 ? "%2d  %s\n" : "%2d\n", NR, $0 }' "$dir/$1".c
}
case $1 in
leak)
  build leak <<'C'
  Tensor *x = tt_rand(TT_SHAPE(64, 784), NULL);
  Tensor *w1 = tt_randn(TT_SHAPE(784, 128), NULL);
  Tensor *w2 = tt_randn(TT_SHAPE(128, 10), NULL);
  Tensor *b1 = tt_zeros(TT_SHAPE(128)), *b2 = tt_zeros(TT_SHAPE(10));
  tt_memory_limit(256 << 20);
  for (int step = 1; step <= 10000; step++) {
    Tensor *h = tt_relu(tt_add(tt_matmul(x, w1), b1));
    Tensor *y = tt_add(tt_matmul(h, w2), b2);
    if (step % 1000 == 0)
      printf("step %d, %lld outputs\n", step, (long long)tt_numel(y));
  }
C
  show leak; aborts leak | fold -s -w 74 ;;
door)
  build door <<'C'
  Scope epoch, s;
  tt_scope_open(&epoch);
  for (int step = 1; step <= 10; step++) {
    tt_scope_open(&s);
    Tensor *y = tt_full(TT_SHAPE(64, 10), step);
    if (tt_get(y, TT_INDEX(0, 0)) > 2)
      break;
    tt_scope_close(&s);
  }
  tt_scope_close(&epoch);
C
  show door; aborts door | fold -s -w 74 ;;
turned)
  build turned <<'C'
  Tensor *x = tt_rand(TT_SHAPE(64, 784), NULL);
  Tensor *w = tt_rand(TT_SHAPE(784, 128), NULL);
  tt_linear(x, w, NULL);
C
  show turned; aborts turned | fold -s -w 74 ;;
count)
  compile count <<'C'
#include "tt/tt.h"

static int64_t count(Module *m)        // first attempt
{
  int64_t n = 0;
  for (const ModuleField *f = m->type->fields; f->kind; f++)
    if (f->kind == TT_PARAM)
      n += tt_numel(*(Tensor **)((char *)m + f->offset));
  return n;
}

int main(void)
{
  Linear *one = tt_linear_new(64, 10, NULL);
  printf("one layer: %lld\n", (long long)count(&one->base));
  Sequential *two = TT_SEQUENTIAL(tt_linear_new(64, 32, NULL),
                                  tt_linear_new(32, 10, NULL));
  printf("two layers: %lld\n", (long long)count(&two->base));
  Linear *bare = tt_linear_new_no_bias(64, 10, NULL);
  printf("no bias: %lld\n", (long long)count(&bare->base));
}
C
  part count 3,21; echo '$ ./count'; aborts count | fold -s -w 74 ;;
alias)
  cat > "$dir"/alias.c <<'C'
#include "tt/tt.h"

typedef struct Net { Module base; Linear *fc; } Net;
static const ModuleField fields[] = { TT_CHILD(Net, fc), {0} };
static const ModuleType type = { "Net", sizeof(Net), fields, 0, 0 };
static Net *net;

static void replace(void *smaller, const char *name, FieldKind kind,
                    void *slot)
{
  if (kind != TT_CHILD || *name == 0)
    return;                            // net itself, or a tensor
  Linear *before = net->fc;
  *(Module **)slot = smaller;          // slot is &net->fc
  puts(net->fc == before ? "the old layer" : "the new layer");
}

int main(void)
{
  net = tt_module_new(&type);
  net->fc = tt_linear_new(64, 10, NULL);
  tt_module_walk(net, replace, tt_linear_new(8, 10, NULL));
}
C
  part alias 8,16
  for level in -O0 -O2; do
    (cd $dir && gcc -std=gnu17 $level -I../c/ref/include alias.c \
      ../lib/libtinytorch.a -lz -lm -o alias)
    echo "\$ gcc $level alias.c -ltinytorch -lz -lm -o alias && ./alias"
    run alias
  done ;;
twins)
  build twins <<'C'
  Linear *a = tt_linear_new_no_bias(8, 8, NULL);
  Linear *b = tt_linear_new_no_bias(8, 8, NULL);
  b->weight = a->weight;
  Sequential *net = TT_SEQUENTIAL(a, b);
  StateDict list[] = { tt_module_parameters(net),
                       tt_module_state_dict(net) };
  for (int k = 0; k < 2; k++) {
    printf(k ? "state:" : "parameters:");
    for (int i = 0; i < list[k].n; i++)
      printf(" %s", list[k].entry[i].name);
    puts("");
  }
C
  show twins; run twins ;;
mismatch)
  build mismatch <<'C'
  Sequential *old = TT_SEQUENTIAL(tt_linear_new(64, 32, NULL),
    tt_activation_new(tt_relu), tt_linear_new(32, 10, NULL));
  Sequential *new = TT_SEQUENTIAL(tt_linear_new(64, 48, NULL),
    tt_activation_new(tt_relu), tt_linear_new_no_bias(48, 10, NULL));
  tt_module_load_state_dict(new, tt_module_state_dict(old));
C
  show mismatch; aborts mismatch | fold -s -w 74 ;;
module)
  build module <<'C'
  Sequential *net = TT_SEQUENTIAL(
    tt_flatten_new(), tt_linear_new(64, 32, NULL),
    tt_activation_new(tt_relu), tt_dropout_new(0.1, NULL),
    tt_linear_new_no_bias(32, 10, NULL));
  tt_module_print(net);
  StateDict state = tt_module_state_dict(net);
  for (int i = 0; i < state.n; i++)
    printf("%-10s %s\n", state.entry[i].name,
           TT_TEXT(tt_shape(*state.entry[i].slot)));
  printf("%lld parameters\n", (long long)tt_module_count(net));
C
  show module; run module ;;
*) unknown "$1" leak door turned count alias twins mismatch module ;;
esac
