// A fuzz target for the readers of vocabularies and of weights: `make fuzz`.
// The first byte says which reader, the two behind it where the second file
// begins; whatever the others are, they are loaded or refused, with a reason,
// a tokenizer that was loaded gives every text back, and nothing leaks.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tt/tt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

typedef struct File { char path[64]; int fd; } File;
static File file[2];
typedef enum { OURS, GPT2, TIKTOKEN, WEIGHTS, KINDS } Reader;

static void fill(File *f, const uint8_t *data, size_t size) {
  if (ftruncate(f->fd, 0) != 0 || pwrite(f->fd, data, size, 0) != (ssize_t)size) abort();
}

static void give_back(const Tokenizer *t) {
  static const char text[] = "the the\tab \xff\xe4\xb8 \u00e9\u4e16 1234 aaaaaaaaa\n";
  Tensor *ids = tt_encode(t, text, sizeof text - 1);
  Tensor *back = tt_decode(t, ids);
  if (tt_numel(back) != sizeof text - 1 || memcmp(back->data, text, sizeof text - 1) != 0)
    abort();
}

static void load(void *reader) {
  switch (*(int *)reader) {
  case OURS: {
    Tokenizer *t = tt_load_tokenizer(file[0].path);
    for (int32_t id = 0; id < t->size && id < 1000; id++)
      tt_decode(t, tt_from_int(TT_SHAPE(1), &id));
    break;
  }
  case GPT2: give_back(tt_load_gpt2(file[0].path, file[1].path)); break;
  case TIKTOKEN: give_back(tt_load_tiktoken(file[0].path)); break;
  default: {
    Gpt *gpt = tt_load_gpt2_weights(file[0].path, 1);
    tt_generate(gpt, tt_from_int(TT_SHAPE(1), (int32_t[]){0}), 2, (GenerationOptions){0});
  }
  }
}

// Seeds: what the library itself writes, and a GPT-2 of one block.
static void seed(Reader reader, const char *one, const char *two) {
  TT_SCOPE;
  const Tensor *a = tt_read_bytes(one), *b = two ? tt_read_bytes(two) : NULL;
  char name[64];
  snprintf(name, sizeof name, "build/fuzz/models-corpus/seed-%d", (int)reader);
  FILE *f = fopen(name, "wb");
  if (!f) return;
  fprintf(f, "%c%c%c", (char)reader, (char)(tt_numel(a) & 255), (char)(tt_numel(a) >> 8));
  fwrite(a->data, 1, (size_t)tt_numel(a), f);
  if (b) fwrite(b->data, 1, (size_t)tt_numel(b), f);
  fclose(f);
}

static void seed_weights(void) {
  TT_SCOPE;
  static const char *const name[] = {
    "wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias", "h.0.ln_1.weight",
    "h.0.ln_1.bias", "h.0.ln_2.weight", "h.0.ln_2.bias", "h.0.attn.c_attn.weight",
    "h.0.attn.c_attn.bias", "h.0.attn.c_proj.weight", "h.0.attn.c_proj.bias",
    "h.0.mlp.c_fc.weight", "h.0.mlp.c_fc.bias", "h.0.mlp.c_proj.weight",
    "h.0.mlp.c_proj.bias", "h.0.attn.bias"};
  enum { N = sizeof name / sizeof *name };
  static const int64_t shape[N][2] = {{3, 2}, {4, 2}, {2}, {2}, {2}, {2}, {2}, {2}, {2, 6},
    {6}, {2, 2}, {2}, {2, 3}, {3}, {3, 2}, {2}, {4, 4}};
  Tensor *t[N];
  StateDict sd = tt_state_dict_new(N);
  for (int i = 0; i < N; i++) {
    t[i] = tt_ones(shape[i][1] ? TT_SHAPE(shape[i][0], shape[i][1]) : TT_SHAPE(shape[i][0]));
    strcpy(sd.entry[i].name, name[i]);
    sd.entry[i].slot = &t[i];
  }
  tt_save_file("/dev/shm/tt-fuzz-weights", sd, (Metadata){0});
  seed(WEIGHTS, "/dev/shm/tt-fuzz-weights", NULL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  for (int i = 0; i < 2; i++) {
    file[i].fd = memfd_create("fuzz", 0);
    snprintf(file[i].path, sizeof file[i].path, "/proc/self/fd/%d", file[i].fd);
  }
  TT_SCOPE;
  const char *one = "/dev/shm/tt-fuzz-one", *two = "/dev/shm/tt-fuzz-two";
  Tokenizer *t = tt_bpe_train("the the then other aaaa", -1, (BpeOptions){.size = 262});
  tt_save_tokenizer(one, t), seed(OURS, one, NULL);
  tt_save_gpt2(one, two, t), seed(GPT2, one, two);
  tt_save_tiktoken(one, t), seed(TIKTOKEN, one, NULL);
  seed_weights();
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3) return 0;
  int reader = data[0] % KINDS;
  size_t n = size - 3, first = data[1] | (size_t)data[2] << 8;
  first = reader != GPT2 || first > n ? n : first;
  fill(&file[0], data + 3, first);
  fill(&file[1], data + 3 + first, n - first);
  MemoryStats before = tt_memory_stats();
  tt_memory_limit(before.live_bytes + (64 << 20));   // a bomb is no fault
  Scope s;
  tt_scope_open(&s);
  TensorError e = {0};
  bool done = tt_try(load, &reader, &e);
  if (!done && !e.message[0]) abort();
  tt_scope_close(&s);
  if (tt_memory_stats().live_bytes != before.live_bytes) abort();
  return 0;
}
