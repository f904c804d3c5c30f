// vectors.c - see vectors.h
#include "vectors.h"
#include <stdlib.h>
#include <string.h>

FILE *open_reference(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "tests/reference/%s", name);
  FILE *f = fopen(path, "r");
  tt_expect(f, "cannot open %s", path);
  return f;
}

char *next_field(char **line) {
  char *field = *line;
  char *end = field + strcspn(field, " \n");
  *line = *end ? end + 1 : end;
  *end = 0;
  return field;
}

int list_of(const char *text, int64_t *list) {
  int n = 0;
  char *p;
  for (; *text && strcmp(text, "-") != 0; n++, text = *p ? p + 1 : p)
    list[n] = strtoll(text, &p, 10);
  return n;
}

Shape shape_of(const char *text) {
  Shape s = {0};
  s.rank = list_of(text, s.dim);
  return s;
}

float float_of(const char *bits) {
  uint32_t u = (uint32_t)strtoul(bits, NULL, 16);
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

Tensor *reals_of(Shape s, const char *bits) {
  Tensor *t = tt_empty(TT_F32, s);
  for (int64_t i = 0, n = tt_numel(t); i < n; i++)
    ((Real *)t->data)[i] = (Real)float_of(bits + 9 * i);
  return t;
}

Tensor *ints_of(Shape s, const char *list) {
  Tensor *t = tt_empty(TT_I32, s);
  char *p;
  for (int64_t i = 0, n = tt_numel(t); i < n; i++, list = p + 1)
    ((int32_t *)t->data)[i] = (int32_t)strtol(list, &p, 10);
  return t;
}

Tensor *tensor_of(char *line) {
  Shape s = shape_of(next_field(&line));
  return reals_of(s, line);
}
