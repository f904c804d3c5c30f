// vectors.c - see vectors.h
#include "vectors.h"
#include <math.h>
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

Tensor *find(const Sample *c, const char *key) {
  for (int i = 0; i < c->n; i++)
    if (strcmp(c->key[i], key) == 0) return c->t[i];
  return NULL;
}

static bool begins_case(const char *line, const char *kinds) {
  int n = (int)strcspn(line, " ");
  char word[32];
  return snprintf(word, sizeof word, " %.*s ", n, line) == n + 2 && strstr(kinds, word);
}

static Tensor *values_of(const char *key, char *line) {
  if (strcmp(key, "i") != 0) return tensor_of(line);
  Shape s = shape_of(next_field(&line));
  line[strcspn(line, "\n")] = 0;
  return ints_of(s, line);
}

// *line is the first of a case, and then that of the next, or empty
static Sample read_case(FILE *f, char **line, size_t *size, const char *kinds) {
  Sample c = {.n = 0};
  char *at = *line;
  snprintf(c.kind, sizeof c.kind, "%s", next_field(&at));
  snprintf(c.name, sizeof c.name, "%s", next_field(&at));
  snprintf(c.options, sizeof c.options, "%s", at);
  for (; getline(line, size, f) > 0; c.n++) {
    if (begins_case(*line, kinds)) return c;
    at = *line;
    snprintf(c.key[c.n], sizeof c.key[0], "%s", next_field(&at));
    c.t[c.n] = values_of(c.key[c.n], at);
  }
  **line = 0;
  return c;
}

int each_sample(const char *name, const char *kinds,
              void (*try_case)(Sample *c, bool views), bool views) {
  FILE *f = open_reference(name);
  char *line = NULL;
  size_t size = 0;
  int n = 0;
  if (f && getline(&line, &size, f) > 0)
    for (; *line; n++) {
      Scope all;
      tt_scope_open(&all);
      Sample c = read_case(f, &line, &size, kinds);
      try_case(&c, views);
      tt_scope_close(&all);
    }
  free(line);
  if (f) fclose(f);
  return n;
}

Tensor *turned(Tensor *t) {
  return t->rank < 2 ? t : tt_transpose(tt_contiguous(tt_transpose(t, 0, 1)), 0, 1);
}

void expect_sample(const Sample *c, const char *key, Tensor *got,
                   double within) {
  Tensor *want = find(c, key);
  tt_expect(got && want, "%s %s: no %s", c->kind, c->name, key);
  tt_expect_shape(got, tt_shape(want));
  got = tt_contiguous(got);
  double size = 1;
  for (int64_t i = 0, n = tt_numel(want); i < n; i++)
    if (isfinite(tt_load(TT_F32, want->data, i)))
      size = fmax(size, fabs(tt_load(TT_F32, want->data, i)));
  for (int64_t i = 0, n = tt_numel(want); i < n; i++) {
    double a = tt_load(TT_F32, got->data, i);
    double b = tt_load(TT_F32, want->data, i);
    tt_expect(a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= within * size,
              "%s %s: %s[%d] is %.9g, not %.9g", c->kind, c->name, key, (int)i,
              a, b);
  }
}
