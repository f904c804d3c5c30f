// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// pages: what memory costs before anything is computed.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <tt/tt.h>

enum { BYTES = 1 << 28, PAGE = 4096 };
static double best(double a, double b) { return a < b ? a : b; }
static double now(void) { return (double)clock() / CLOCKS_PER_SEC; }

static void touch_and_jump(bool huge, double *touch, double *jump)
{
  enum { JUMPS = 1 << 20 };
  *touch = *jump = 1e9;
  for (int r = 0; r < 3; r++) {
    char *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
      exit(1);
    madvise(p, BYTES, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    double start = now();
    for (int64_t i = 0; i < BYTES; i += PAGE)
      p[i] = 1;
    *touch = best(*touch, (now() - start) * 1e9 * PAGE
                          / BYTES);
    uint64_t state = 7, at = 0;
    start = now();
    for (int64_t i = 0; i < JUMPS; i++)  // each waits for the last
      at = (tt_machine_random(&state) + (uint64_t)p[at]) % BYTES;
    *jump = best(*jump, (now() - start) * 1e9 / JUMPS);
    volatile uint64_t kept = at;
    (void)kept;
    munmap(p, BYTES);
  }
}

static Module *block(int64_t in, int64_t out)
{
  return &TT_SEQUENTIAL(
    tt_conv2d_new(in, out, 3,
                  (Conv2dOptions){ .padding = TT_SIDES(1) }, NULL),
    tt_activation_new(tt_relu),
    tt_max_pool2d_new((Pool2dOptions){ .kernel = { 2 } }))->base;
}

static double a_step(void)         // ms, the best of 20
{
  tt_autograd_enable();
  Sequential *net = TT_SEQUENTIAL(block(3, 32), block(32, 64),
    block(64, 128), tt_flatten_new(), tt_linear_new(2048, 10, NULL));
  Tensor *x = tt_rand(TT_SHAPE(64, 3, 32, 32), NULL);
  Tensor *y = tt_to(tt_zeros(TT_SHAPE(64)), TT_I32);
  Optimizer *o = tt_sgd_new(tt_module_parameters(net),
                            (SgdOptions){ .lr = 0.01 });
  double ms = 1e9;
  for (int i = 0; i < 20; i++) {
    double start = now();
    TT_SCOPE;
    tt_optimizer_zero_grad(o);
    tt_backward(tt_cross_entropy(tt_forward(net, x), y));
    tt_optimizer_step(o);
    ms = best(ms, (now() - start) * 1e3);
  }
  return ms;
}

int main(int argc, char **argv)
{
  bool again = argc > 1;
  double touch, jump, step = a_step();
  touch_and_jump(again, &touch, &jump);
  if (!again) {
    char text[3][40];
    snprintf(text[0], sizeof text[0], "%.0f", touch);
    snprintf(text[1], sizeof text[1], "%.1f", jump);
    snprintf(text[2], sizeof text[2], "%.1f", step);
    setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 1);
    execl(argv[0], argv[0], text[0], text[1], text[2], (char *)NULL);
    return 1;
  }
  printf("%-36s %10s %10s\n", "", "4 KiB", "2 MiB");
  printf("%-36s %7s ns %7.0f ns\n", "first touch of 4 KiB", argv[1],
         touch);
  printf("%-36s %7s ns %7.1f ns\n", "a jump in 256 MiB", argv[2], jump);
  printf("%-36s %7s ms %7.1f ms\n", "a step of the deep network",
         argv[3], step);
}
