// Made from chapters/00-setup.nw by tools/tangle: edit there.
// machine - what a few basic operations cost on this machine
#include "tt/machine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *for_book;      // NULL, or what stands before a key

static void line(const char *key, const char *text, double value,
                 const char *unit)
{
  int digits = value < 0.1 ? 3 : value < 1 ? 2 : value < 10 ? 1 : 0;
  if (for_book)
    printf("%smachine.%s\t%.*f%s\n",
           for_book, key, digits, value, unit);
  else if (text)
    printf("%-46s %6.*f%s\n", text, digits, value, unit);
}

static volatile float one = 1, sink;
enum { ADDS = 1048576 };

static void add_in_a_chain(void *unused)
{
  (void)unused;
  float s = 0, x = one;
  for (int i = 0; i < ADDS; i++) s += x;
  sink = s;
}

static void add_side_by_side(void *unused)
{
  enum { SUMS = 64 };
  (void)unused;
  float s[SUMS] = {0}, x = one;
  for (int i = 0; i < ADDS; i += SUMS)
    for (int k = 0; k < SUMS; k++) s[k] += x;
  for (int k = 1; k < SUMS; k++) s[0] += s[k];
  sink = s[0];
}

typedef struct Line {
  struct Line *next;
  char rest[64 - sizeof(struct Line *)];
} Line;
enum { HOPS = 16384 };

static void chase(void *walk)
{
  Line **here = walk, *at = *here;
  for (int i = 0; i < HOPS; i++) at = at->next;
  *here = at;
}

static void *get(size_t bytes)
{
  void *block = aligned_alloc(64, bytes);
  if (block) return block;
  fprintf(stderr, "machine: no memory for %zu bytes\n", bytes);
  exit(1);
}

static double latency_ns(int kib)
{
  uint32_t n = (uint32_t)kib * 1024 / sizeof(Line);
  uint32_t *next = get(n * sizeof *next);
  Line *block = get(n * sizeof *block), *here = block;
  tt_machine_cycle(next, n, 1);
  for (uint32_t i = 0; i < n; i++) block[i].next = block + next[i];
  for (uint32_t i = 0; i < n; i += HOPS) chase(&here);
  double ns = tt_machine_time(chase, &here) / HOPS * 1e9;
  free(block);
  free(next);
  return ns;
}

enum { WORDS = 16777216 };        // 128 MiB
static volatile uint64_t total;

static void read_in_order(void *words)
{
  uint64_t *word = words, s = 0;
  for (int i = 0; i < WORDS; i++) s += word[i];
  total = s;
}

static void *volatile seen;
typedef struct Request { size_t bytes; int times; } Request;

static void ask_and_return(void *request)
{
  Request *r = request;
  for (int i = 0; i < r->times; i++) {
    seen = malloc(r->bytes);
    volatile char *byte = seen;
    if (!byte) abort();
    for (size_t b = 0; b < r->bytes; b += 4096) byte[b] = 1;
    free(seen);
  }
}

enum { CALLS = 1048576 };
static int successor(int x) { return x + 1; }
static int (*volatile through)(int) = successor;

static void call_through_a_pointer(void *unused)
{
  (void)unused;
  int x = 0;
  for (int i = 0; i < CALLS; i++) x = through(x);
  total = (uint64_t)x;
}

enum { SIZES = 31, SWEEPS = 2 };
static double latency[SIZES];     // of one read, in nanoseconds

static int kib(int k)             // 4, 6, 8, 12, 16, ..., 131072
{
  return (k % 2 ? 6 : 4) << k / 2;
}

static void measure_latencies(void)
{
  for (int sweep = 0; sweep < SWEEPS; sweep++)
    for (int k = 0; k < SIZES; k++) {
      double ns = latency_ns(kib(k));
      if (sweep == 0 || ns < latency[k]) latency[k] = ns;
    }
}

static double read_ns(int size)   // within so many KiB
{
  int k = 0;
  while (kib(k) < size) k++;
  return latency[k];
}

static void adding_and_reading(void)
{
  double chain = tt_machine_time(add_in_a_chain, NULL) / ADDS * 1e9;
  double side = tt_machine_time(add_side_by_side, NULL) / ADDS * 1e9;
  line("add_ns", "add a float, after the one before", chain, " ns");
  line("add_apart_ns", "add a float, none waits", side, " ns");
  line("add_ratio", NULL, chain / side, "");
  double dram = read_ns(131072);
  line("l1_ns", "read at random within 16 KiB", read_ns(16), " ns");
  line("l2_ns", "read at random within 256 KiB", read_ns(256), " ns");
  line("l3_ns", "read at random within 2 MiB", read_ns(2048), " ns");
  line("dram_ns", "read at random within 128 MiB", dram, " ns");
  line("dram_adds", NULL, dram / chain, "");
  uint64_t *words = get(WORDS * sizeof *words);
  memset(words, 1, WORDS * sizeof *words);
  double stream = tt_machine_time(read_in_order, words) / WORDS / 8;
  free(words);
  line("stream_gbs", "read 128 MiB in order", 1e-9 / stream, " GB/s");
  line("line_ns", "  each line of 64 bytes of it",
       stream * 64 * 1e9, " ns");
  line("line_ratio", NULL, dram / (stream * 64 * 1e9), "");
}

static void asking_and_calling(void)
{
  Request page = {4096, 1000}, block = {64 << 20, 1};
  double small = tt_machine_time(ask_and_return, &page) / 1000;
  double large = tt_machine_time(ask_and_return, &block);
  line("page_ns", "malloc, touch, free 4 KiB", small * 1e9, " ns");
  line("block_ms", "malloc, touch, free 64 MiB", large * 1e3, " ms");
  line("block_page_us", "  each page of 4 KiB of it",
       large / 16384 * 1e6, " µs");
  line("page_ratio", NULL, large / 16384 / small, "");
  double call = tt_machine_time(call_through_a_pointer, NULL) / CALLS;
  line("call_ns", "call a function through a pointer",
       call * 1e9, " ns");
}

int main(int argc, char **argv)
{
  const char *option = argc > 1 ? argv[1] : "";
  int curve = strcmp(option, "--latency") == 0;
  int others = strcmp(option, "--numbers") == 0;
  if (argc > 1 + (curve || others)) {
    fprintf(stderr, "usage: machine [--latency | --numbers]\n");
    return 2;
  }
  for_book = curve ? "# " : others ? "" : NULL;
  if (!others) measure_latencies();
  if (curve) printf("kib\tns\n");
  for (int k = 0; curve && k < SIZES; k++)
    printf("%d\t%.2f\n", kib(k), latency[k]);
  if (!others) adding_and_reading();
  if (!curve) asking_and_calling();
  return 0;
}
