// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// shrink.h - the same model in several formats.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tt/tt.h"

typedef struct Format { const char *name; QuantFormat f; } Format;

static const Format formats[] = {
  { "f32", {0} }, { "f16", { .type = TT_F16 } }, { "int8", {0} },
  { "int8w", { .weight_only = true } }, { "int4", { .bits = 4 } }
};
enum { FORMATS = sizeof formats / sizeof *formats };

static inline int64_t bytes_on_disk(void *model, const char *what,
                                    const Format *f)
{
  char path[64];
  struct stat s = {0};
  snprintf(path, sizeof path, "build/shrunk-%s-%s.safetensors", what,
           f->name);
  tt_save_file(path, tt_module_state_dict(model), (Metadata){0});
  if (stat(path, &s) != 0)
    tt_fail(TT_EFILE, "%s was written and is not there", path);
  return s.st_size;
}

static inline double time_of(void *model, Tensor *x)
{
  LatencyOptions o = { .seconds = 1 };
  return tt_measure_latency(model, x, o).median;
}

typedef struct Difference { double mean, within; } Difference;

// of n pairs: after less before, within 1.96 standard errors
static inline Difference difference_of(int64_t n, const Real *before,
                                       const Real *after)
{
  double sum = 0, squares = 0, of = (double)n;
  for (int64_t i = 0; i < n; i++) {
    double d = (double)after[i] - (double)before[i];
    sum += d, squares += d * d;
  }
  double mean = sum / of, var = (squares / of - mean * mean) / of;
  return (Difference){ mean, 1.96 * sqrt(fmax(var, 0)) };
}

typedef struct Result { int64_t file; Difference off; double seconds; }
  Result;

static inline void print_results(const char *program, int digits,
                                 double unit, const Result *r)
{
  for (int i = 1; i < FORMATS; i++) {
    const char *f = formats[i].name;
    double off = unit * r[i].off.mean;
    printf("# %s.%s_size\t%.2f\n", program, f,
           (double)r[0].file / (double)r[i].file);
    printf("# %s.%s_off\t%s%.*f ± %.*f\n", program, f,
           off < 0 ? "−" : "+", digits, fabs(off), digits,
           unit * r[i].off.within);
    printf("# %s.%s_speed\t%.2f\n", program, f,
           r[0].seconds / r[i].seconds);
  }
}
