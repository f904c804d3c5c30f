// vectors.h - reading what tests/reference/*.py wrote: fields separated
// by a blank, lists by commas, "-" for an empty list, floats as the eight
// hexadecimal digits of their bits.
#ifndef VECTORS_H
#define VECTORS_H
#include "tt_test.h"

FILE   *open_reference(const char *name);       // it is there
char   *next_field(char **line);                // cut off, until a blank
int     list_of(const char *text, int64_t *list);   // how many
Shape   shape_of(const char *text);
float   float_of(const char *bits);
Tensor *reals_of(Shape s, const char *bits);    // one character between two
Tensor *ints_of(Shape s, const char *list);
Tensor *tensor_of(char *line);                  // a shape, then reals

// A sample of several lines: its kind, name and options, then a key and a tensor
// on each; the key "i" has whole numbers.
enum { SAMPLE_KEYS = 32 };
typedef struct Sample {
  char    kind[24], name[64], options[128];
  int     n;
  char    key[SAMPLE_KEYS][16];
  Tensor *t[SAMPLE_KEYS];
} Sample;
Tensor *find(const Sample *c, const char *key);   // or NULL
// each sample of the file, in a scope of its own: how many. kinds: what a sample
// begins with, words with a blank before and behind them
int     each_sample(const char *name, const char *kinds,
                  void (*try_case)(Sample *c, bool views), bool views);
// got is the sample's key, each number within this part of its largest one (or
// of 1); NaN and infinity only where they are there, too
void    expect_sample(const Sample *c, const char *key, Tensor *got,
                      double within);
Tensor *turned(Tensor *t);           // the same numbers, the steps of two exchanged
#endif
