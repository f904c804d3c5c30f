// A fuzz target for the reader of safetensors: `make fuzz`. Whatever the
// bytes are, they are loaded or refused, with a reason; and nothing leaks.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tt/tt.h"
#include "tt/training.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void load(void *path) {
  Metadata m;
  StateDict sd = tt_load_file_with(path, &m);
  for (int i = 0; i < sd.n; i++) {             // what was loaded can be read
    Tensor *t = *sd.entry[i].slot;
    if (tt_numel(t) > 0) tt_load(t->dtype, t->data, tt_numel(t) - 1);
    if (strlen(sd.entry[i].name) >= sizeof sd.entry[i].name) abort();
  }
  for (int i = 0; i < m.n; i++)
    if (tt_metadata_get(m, m.pair[i].key) != m.pair[i].value) abort();
  // what was loaded can be saved and loaded again (/dev/shm is memory)
  tt_save_file("/dev/shm/tt-fuzz-copy", sd, (Metadata){0});
  if (tt_load_file("/dev/shm/tt-fuzz-copy").n != sd.n) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char path[64];
  static int fd = -1;
  if (fd < 0) {
    fd = memfd_create("fuzz", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size) abort();
  MemoryStats before = tt_memory_stats();
  Scope s;
  tt_scope_open(&s);
  TensorError e = {0};
  bool done = tt_try(load, path, &e);
  if (!done && !e.message[0]) abort();
  tt_scope_close(&s);
  if (tt_memory_stats().live_bytes != before.live_bytes) abort();
  return 0;
}
