#!/bin/bash
# The small runs that chapter 1 prints: 01-tensors.sh NAME
. "${0%/*}/lib.sh"
case $1 in
wrong-index)
  build seven <<'C'
  const char *x = "#######"
                  "     ##"
                  "   ##  "
                  "  ##   "
                  " ##    ";
  int h = 5, w = 7;
  for (int i = 0; i < h; i++) {
    for (int j = 0; j < w; j++)
      putchar(x[i * w + j]);
    printf("     ");
    for (int j = 0; j < w; j++)
      putchar(x[i * h + j]);
    putchar('\n');
  }
C
  show seven; run seven ;;
product)
  build big <<'C'
  int64_t size[] = { 65536, 65536, 65536, 65536 }, n = 1;
  for (int d = 0; d < 4; d++)
    n *= size[d];
  printf("%lld elements\n", (long long)n);
  tt_zeros(TT_SHAPE(65536, 65536, 65536, 65536));
C
  show big; aborts big ;;
element)
  build cell <<'C'
  Tensor *t = tt_reshape(tt_arange(0, 24, 1), TT_SHAPE(2, 3, 4));
  printf("%lld %lld %lld\n", (long long)t->stride[0],
         (long long)t->stride[1], (long long)t->stride[2]);
  printf("%g %g\n", tt_get(t, TT_INDEX(1, 2, 3)),
         tt_get(t, TT_INDEX(-1, 0, -4)));
  tt_get(t, TT_INDEX(0, 3, 0));
C
  show cell; aborts cell | fold -s -w 74 ;;
aliases)
  build shared <<'C'
  Tensor *t = tt_reshape(tt_arange(0, 6, 1), TT_SHAPE(2, 3));
  Tensor *y = tt_transpose(t, 0, 1);
  tt_set_(y, TT_INDEX(2, 0), -1);
  tt_print(y);
  tt_print(t);
C
  show shared; run shared ;;
repeats)
  build repeats <<'C'
  Tensor *row = tt_arange(1, 4, 1);
  Tensor *y = tt_expand(row, TT_SHAPE(2, 3));
  *(Real *)y->data = 7;            // row 0, column 0
  tt_print(y);
  tt_set_(y, TT_INDEX(0, 0), 8);
C
  show repeats; aborts repeats | fold -s -w 74 ;;
straight)
  build straight <<'C'
  Tensor *t = tt_reshape(tt_arange(0, 6, 1), TT_SHAPE(2, 3));
  Tensor *y = tt_transpose(t, 0, 1), *z = tt_zeros(TT_SHAPE(3, 2));
  const Real *from = y->data;
  Real *to = z->data;
  for (int64_t i = 0; i < tt_numel(y); i++)
    to[i] = from[i] + 10;
  tt_print(z);
  tt_print(tt_add_scalar(y, 10));
C
  show straight; run straight ;;
silent)
  build silent <<'C'
  Tensor *x = tt_from(TT_SHAPE(3, 3), (Real[]){
    1, 2, 3, 11, 12, 13, 21, 22, 23 });
  tt_print(tt_sub(x, tt_mean(x, 1, false)));
  tt_print(tt_sub(x, tt_mean(x, 1, true)));
C
  show silent; run silent ;;
rounds)
  build rounds <<'C'
  Tensor *w = tt_randn(TT_SHAPE(256, 256), NULL);
  Tensor *x = tt_ones(TT_SHAPE(256)), *b = tt_ones(TT_SHAPE(256));
  for (int step = 1; step <= 2000; step++) {
    Scope s;
    if (step > 1000)
      tt_scope_open(&s);
    tt_add(tt_matmul(w, x), b);
    if (step > 1000)
      tt_scope_close(&s);
    if (step % 500 == 0)
      printf("step %d: %lld KiB\n", step,
             (long long)tt_memory_stats().live_bytes / 1024);
  }
C
  show rounds; run rounds ;;
gone)
  build gone <<'C'
  Tensor *x = tt_ones(TT_SHAPE(3));
  Scope s;
  tt_scope_open(&s);
  Tensor *sum = tt_add(x, x);
  tt_scope_close(&s);
  tt_print(sum);
C
  show gone; aborts gone | fold -s -w 74 ;;
wrong-shape)
  build wrong <<'C'
  Tensor *w = tt_randn(TT_SHAPE(128, 784), NULL);
  Tensor *x = tt_zeros(TT_SHAPE(32, 784));
  tt_print(tt_matmul(x, w));
C
  show wrong; aborts wrong ;;
print)
  build print <<'C'
  Tensor *t = tt_reshape(tt_arange(0, 12, 1), TT_SHAPE(3, 4));
  tt_print(t);
  tt_print(tt_transpose(tt_mul_scalar(t, 0.25f), 0, 1));
  tt_print(tt_exp(t));
C
  show print; run print ;;
*) unknown "$1" wrong-index product element aliases repeats straight silent \
  rounds gone wrong-shape print ;;
esac
