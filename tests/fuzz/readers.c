// A fuzz target for the readers of data files: `make fuzz`. The first byte
// says which reader; whatever the others are, they are loaded or refused,
// with a reason; and nothing leaks.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tt/tt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Job { int kind; const char *path; } Job;

static void load(void *job) {
  Job *j = job;
  Tensor *t = NULL;
  CsvTable c = {0};
  switch (j->kind % 6) {
  case 0: t = tt_load_idx(j->path); break;
  case 1: t = tt_load_cifar(j->path, 10).x; break;
  case 2: t = tt_load_cifar(j->path, 100).y; break;
  case 3: t = tt_load_npy(j->path); break;
  case 4: t = tt_read_bytes(j->path); break;
  default:
    c = tt_load_csv(j->path, (CsvOptions){ .header = j->kind & 8, .missing = j->kind & 16 });
    t = c.values;
  }
  for (int64_t k = 0; c.name && k < c.columns; k++)
    if (strlen(c.name[k]) > 1 << 20) abort();
  if (tt_numel(t) > 0) tt_load(t->dtype, t->data, tt_numel(t) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char path[64];
  static int fd = -1;
  if (size == 0) return 0;
  if (fd < 0) {
    fd = memfd_create("fuzz", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  if (ftruncate(fd, 0) != 0
      || pwrite(fd, data + 1, size - 1, 0) != (ssize_t)size - 1) abort();
  MemoryStats before = tt_memory_stats();
  tt_memory_limit(before.live_bytes + (64 << 20));   // a bomb is no fault
  Scope s;
  tt_scope_open(&s);
  TensorError e = {0};
  bool done = tt_try(load, &(Job){ data[0], path }, &e);
  if (!done && !e.message[0]) abort();
  tt_scope_close(&s);
  if (tt_memory_stats().live_bytes != before.live_bytes) abort();
  return 0;
}
