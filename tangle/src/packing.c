// Made from chapters/17-compression.nw by tools/tangle: edit there.
// Few values for many weights; words for frequent symbols; the file.
#include "tt/packing.h"
#include "tt/autograd.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct Living {            // the numbers that are not 0
  int64_t n, distinct;
  double *v, *sum;                 // in order; of the first i
} Living;
static Living living(const Tensor *w)
{
  int64_t all = tt_numel(w), size = (all + 1) * (int64_t)sizeof(double);
  Living l = { 0, 0, tt_empty(TT_U8, TT_SHAPE(size))->data,
               tt_empty(TT_U8, TT_SHAPE(size))->data };
  for (int64_t i = 0; i < all; i++) {
    double v = (double)((const Real *)w->data)[i];
    if (!isfinite(v))
      tt_fail(TT_EVALUE, "tt_share_weights_: number %lld is %g; all"
              " must be finite", (long long)i, v);
    if (v != 0)
      l.v[l.n++] = v;
  }
  qsort(l.v, (size_t)l.n, sizeof *l.v, by_value);
  l.sum[0] = 0;
  for (int64_t i = 0; i < l.n; i++) {
    l.sum[i + 1] = l.sum[i] + l.v[i];
    l.distinct += i == 0 || l.v[i] != l.v[i - 1];
  }
  return l;
}

typedef struct Clusters Clusters;
static int64_t first_from(const Clusters *g, double limit);
typedef struct Clusters {          // of n numbers v, in order
  int     k;
  int64_t n;
  const double *v, *sum;           // sum[i]: of the first i
  double  center[256];
  int64_t end[256];                // of group g, behind its last
} Clusters;
static bool regroup(Clusters *g)   // did a number change its group?
{
  bool changed = false;
  for (int i = 0; i < g->k; i++) {
    int64_t end = g->n;
    if (i + 1 < g->k)
      end = first_from(g, (g->center[i] + g->center[i + 1]) / 2);
    changed |= end != g->end[i];
    g->end[i] = end;
  }
  return changed;
}

static void move_centers(Clusters *g)
{
  for (int i = 0; i < g->k; i++) {
    int64_t from = i > 0 ? g->end[i - 1] : 0, to = g->end[i];
    if (to > from)
      g->center[i] = (g->sum[to] - g->sum[from]) / (double)(to - from);
  }
}

static int64_t first_from(const Clusters *g, double limit)
{
  int64_t low = 0, high = g->n;    // the first v that is limit or more
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (g->v[middle] < limit)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static int nearest(const Clusters *g, double v)
{
  int low = 0, high = g->k - 1;
  while (low < high) {
    int middle = (low + high) / 2;
    if (v < (g->center[middle] + g->center[middle + 1]) / 2)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

enum { ROUNDS = 1000 };

static void find_groups(Clusters *g, const Living *l, int bits)
{
  g->k = 1 << bits, g->n = l->n, g->v = l->v, g->sum = l->sum;
  double low = l->v[0], high = l->v[l->n - 1];
  for (int i = 0; i < g->k; i++) {
    g->center[i] = low + (high - low) * i / (g->k - 1);
    g->end[i] = -1;
  }
  for (int i = 0; i < ROUNDS && regroup(g); i++)
    move_centers(g);
}

int tt_share_weights_(Tensor *w, int bits)
{
  tt_need_f32("tt_share_weights_", w);
  if (bits < 1 || bits > 8)
    tt_fail(TT_EVALUE, "tt_share_weights_: %d bits; 1 to 8 make 2 to"
            " 256 values", bits);
  TT_NO_GRAD;
  Tensor *from = tt_contiguous(tt_detach(w));
  Living l = living(from);
  if (l.distinct <= (int64_t)1 << bits)
    return (int)l.distinct;
  Clusters g;
  find_groups(&g, &l, bits);
  Tensor *to = tt_empty(TT_F32, tt_shape(w));
  bool used[256] = { false };
  int count = 0;
  for (int64_t i = 0; i < tt_numel(to); i++) {
    double v = (double)((Real *)from->data)[i];
    int group = v != 0 ? nearest(&g, v) : 0;
    ((Real *)to->data)[i] = v != 0 ? (Real)g.center[group] : 0;
    count += v != 0 && !used[group];
    used[group] |= v != 0;
  }
  tt_copy_(w, to);
  return count;
}

typedef struct PackWriter {        // at NULL: counts only
  uint8_t *at;
  int64_t  n;                      // bits so far
} PackWriter;

static void write_bits(PackWriter *w, int n, uint64_t v)
{
  for (int i = n - 1; i >= 0; i--, w->n++)
    if (w->at && v >> i & 1)
      w->at[w->n / 8] |= (uint8_t)(0x80 >> w->n % 8);
}

typedef struct PackReader {
  const char *path;
  const uint8_t *at;
  int64_t n, end;                  // bits read; that there are
} PackReader;

static _Noreturn void refuse_packed(const PackReader *r,
                                    const char *why)
{
  tt_fail(TT_EFORMAT, "tt_packed_load: %s: %s (bit %lld of %lld)",
          r->path, why, (long long)r->n, (long long)r->end);
}

static uint64_t read_bits(PackReader *r, int n)
{
  uint64_t v = 0;
  if (n > r->end - r->n)
    refuse_packed(r, "it ends early");
  for (; n > 0; n--, r->n++)
    v = v << 1 | (uint64_t)(r->at[r->n / 8] >> (7 - r->n % 8) & 1);
  return v;
}

static void write_number(PackWriter *w, uint64_t v)
{
  for (; v > 127; v >>= 7)
    write_bits(w, 8, 128 | (v & 127));
  write_bits(w, 8, v);
}

static int64_t read_number(PackReader *r)
{
  uint64_t v = 0, part;
  int shift = 0;
  do {
    part = read_bits(r, 8);
    if (shift > 49)
      refuse_packed(r, "a number is too large");
    v |= (part & 127) << shift;
    shift += 7;
  } while (part & 128);
  return (int64_t)v;
}

enum { SYMBOLS = 256, LONGEST = 15 };

// the least heavy that waits, the first of equals, not `but`; or -1
static int rarest(int n, const int64_t *weight, const bool *waits,
                  int but)
{
  int best = -1;
  for (int i = 0; i < n; i++)
    if (waits[i] && i != but && (best < 0 || weight[i] < weight[best]))
      best = i;
  return best;
}

// how far below the root, for each symbol; gives the longest
static int depths(int n, int nodes, const int *above,
                  const int64_t *count, uint8_t *length)
{
  int depth[2 * SYMBOLS] = {0}, longest = 0;
  for (int i = nodes - 2; nodes > n && i >= 0; i--)  // below the root
    if (i >= n || count[i] > 0)
      depth[i] = depth[above[i]] + 1;
  for (int i = 0; i < n; i++) {
    length[i] = (uint8_t)(count[i] > 0 ? depth[i] : 0);
    longest = length[i] > longest ? length[i] : longest;
  }
  return longest;
}

typedef struct WordTable {         // to read words
  int of_length[LONGEST + 1];      // how many there are
  uint8_t symbol[SYMBOLS];         // in the order of their words
} WordTable;
static int word_lengths(int n, const int64_t *count, uint8_t *length)
{
  int64_t weight[2 * SYMBOLS];
  int above[2 * SYMBOLS], nodes = n;
  bool waits[2 * SYMBOLS];         // is not below another yet
  for (int i = 0; i < n; i++)
    weight[i] = count[i], waits[i] = count[i] > 0;
  for (;;) {
    int a = rarest(nodes, weight, waits, -1);
    int b = rarest(nodes, weight, waits, a);
    if (b < 0)
      break;                       // one is left: the root
    weight[nodes] = weight[a] + weight[b];
    above[a] = above[b] = nodes;
    waits[a] = waits[b] = false;
    waits[nodes++] = true;
  }
  return depths(n, nodes, above, count, length);
}

static void words(const uint8_t *length, uint16_t *word)
{
  uint16_t next = 0;
  for (int n = 1; n <= LONGEST; n++, next = (uint16_t)(next << 1))
    for (int s = 0; s < SYMBOLS; s++)
      if (length[s] == n)
        word[s] = next++;
}

static int read_symbol(PackReader *r, const WordTable *t)
{
  int word = 0, first = 0, skip = 0;
  for (int n = 1; n <= LONGEST; n++) {
    word = word << 1 | (int)read_bits(r, 1);
    int here = t->of_length[n];    // words of this length
    if (word - first < here)
      return t->symbol[skip + word - first];
    skip += here;
    first = (first + here) << 1;
  }
  refuse_packed(r, "no word begins so");
}

typedef struct PackCode {
  int     last;                    // the largest symbol there is
  uint8_t length[SYMBOLS];
  int64_t bits;                    // for all, with the table
} PackCode;

static PackCode code_for(int64_t n, const uint8_t *symbol)
{
  PackCode c = { .bits = 8 };
  int64_t count[SYMBOLS] = {0}, shrunk[SYMBOLS];
  for (int64_t i = 0; i < n; i++)
    count[symbol[i]]++;
  memcpy(shrunk, count, sizeof count);
  while (word_lengths(SYMBOLS, shrunk, c.length) > LONGEST)
    for (int i = 0; i < SYMBOLS; i++)
      shrunk[i] = (shrunk[i] + 1) / 2;
  for (int i = 0; i < SYMBOLS; i++) {
    c.last = count[i] > 0 ? i : c.last;
    c.bits += count[i] * c.length[i];
  }
  c.bits += 4 * (c.last + 1);
  return c;
}

// a bit: are there words? Then the table, or each symbol as a byte
static void write_symbols(PackWriter *w, int64_t n,
                          const uint8_t *symbol)
{
  PackCode c = code_for(n, symbol);
  bool coded = c.bits < 8 * n;
  uint16_t word[SYMBOLS] = {0};
  write_bits(w, 1, coded);
  if (!w->at) {
    w->n += coded ? c.bits : 8 * n;
    return;
  }
  if (coded) {
    write_bits(w, 8, (uint64_t)c.last);
    for (int i = 0; i <= c.last; i++)
      write_bits(w, 4, c.length[i]);
    words(c.length, word);
  }
  for (int64_t i = 0; i < n; i++)
    write_bits(w, coded ? c.length[symbol[i]] : 8,
               coded ? word[symbol[i]] : symbol[i]);
}

static int read_table(PackReader *r, WordTable *t)   // all words
{
  uint8_t length[SYMBOLS] = {0};
  int last = (int)read_bits(r, 8), n = 0, room = 1 << LONGEST;
  *t = (WordTable){0};
  for (int i = 0; i <= last; i++) {
    length[i] = (uint8_t)read_bits(r, 4);
    room -= length[i] > 0 ? 1 << (LONGEST - length[i]) : 0;
  }
  if (room < 0)
    refuse_packed(r, "too many short words");
  for (int k = 1; k <= LONGEST; k++)
    for (int i = 0; i <= last; i++)
      if (length[i] == k) {
        t->symbol[n++] = (uint8_t)i;
        t->of_length[k]++;
      }
  if (n == 0)
    t->symbol[0] = (uint8_t)last;  // there is one, of no bits
  return n;
}

static void read_symbols(PackReader *r, int64_t n, uint8_t *symbol)
{
  bool coded = read_bits(r, 1);
  WordTable t;
  if (!coded) {
    for (int64_t i = 0; i < n; i++)
      symbol[i] = (uint8_t)read_bits(r, 8);
  } else if (read_table(r, &t) == 0) {
    memset(symbol, t.symbol[0], (size_t)n);
  } else {
    for (int64_t i = 0; i < n; i++)
      symbol[i] = (uint8_t)read_symbol(r, &t);
  }
}

static uint64_t number_bits(const char *x, size_t size)
{
  uint64_t v = 0;
  memcpy(&v, x, size);             // little-endian, as all of ours
  return v;
}

enum { GAP = 255 };                // zeros, and no value behind them

typedef struct PackedValues {      // room for one of each number
  int64_t   gaps, values;
  uint8_t  *gap, *code;
  uint64_t *value;                 // as bits
} PackedValues;

static void *room_for(int64_t n, size_t size)
{
  return tt_empty(TT_U8, TT_SHAPE((n + 1) * (int64_t)size))->data;
}

static PackedValues values_for(int64_t n)
{
  return (PackedValues){ 0, 0, room_for(n, 1), room_for(n, 1),
                         room_for(n, sizeof(uint64_t)) };
}

static void list_gaps(PackedValues *p, int64_t n, const char *x,
                      size_t size)
{
  int64_t zeros = 0;
  for (int64_t i = 0; i < n; i++, x += size) {
    uint64_t v = number_bits(x, size);
    if (v != 0) {
      p->gap[p->gaps++] = (uint8_t)zeros;
      p->value[p->values++] = v;
      zeros = 0;
    } else if (++zeros == GAP) {
      p->gap[p->gaps++] = GAP;
      zeros = 0;
    }
  }
}

enum { BOOK = 256 };

static int place_in(const uint64_t *book, int n, uint64_t v)
{
  int low = 0;                     // of the first that is v or more
  while (n > low) {
    int middle = (low + n) / 2;
    if (book[middle] < v)
      low = middle + 1;
    else
      n = middle;
  }
  return low;
}

// the values that there are, in order; how many, or -1: more than 256
static int make_book(PackedValues *p, uint64_t *book)
{
  int n = 0;
  for (int64_t i = 0; i < p->values; i++) {
    int at = place_in(book, n, p->value[i]);
    if (at < n && book[at] == p->value[i])
      continue;
    if (n == BOOK)
      return -1;
    memmove(&book[at + 1], &book[at],
            (size_t)(n++ - at) * sizeof *book);
    book[at] = p->value[i];
  }
  for (int64_t i = 0; i < p->values; i++)
    p->code[i] = (uint8_t)place_in(book, n, p->value[i]);
  return n;
}

static void write_values(PackWriter *w, const PackedValues *p, int n,
                         const uint64_t *book, size_t size)
{
  write_number(w, (uint64_t)n);
  for (int i = 0; i < n; i++)
    write_bits(w, 8 * (int)size, book[i]);
  write_number(w, (uint64_t)p->gaps);
  write_symbols(w, p->gaps, p->gap);
  write_symbols(w, p->values, p->code);
}

static void write_planes(PackWriter *w, const Tensor *t, size_t size)
{
  int64_t n = tt_numel(t);
  uint8_t *plane = room_for(n, 1);
  for (size_t k = 0; k < size; k++) {
    for (int64_t i = 0; i < n; i++)
      plane[i] = ((const uint8_t *)t->data)[(size_t)i * size + k];
    write_symbols(w, n, plane);
  }
}

// a bit: values? Whichever is shorter
static void write_tensor(PackWriter *w, Tensor *t)
{
  TT_SCOPE;
  t = tt_contiguous(tt_detach(t));
  size_t size = tt_dtype_size(t->dtype);
  uint64_t book[BOOK];
  PackedValues p = values_for(tt_numel(t));
  list_gaps(&p, tt_numel(t), t->data, size);
  int n = make_book(&p, book);
  PackWriter planes = {0}, values = {0};
  write_planes(&planes, t, size);
  if (n >= 0)
    write_values(&values, &p, n, book, size);
  bool shorter = n >= 0 && values.n < planes.n;
  write_bits(w, 1, shorter);
  if (shorter)
    write_values(w, &p, n, book, size);
  else
    write_planes(w, t, size);
}

PackedGaps tt_packed_gaps(Tensor *t)
{
  TT_SCOPE;
  t = tt_contiguous(tt_detach(t));
  size_t size = tt_dtype_size(t->dtype);
  PackedValues p = values_for(tt_numel(t));
  list_gaps(&p, tt_numel(t), t->data, size);
  Tensor *gap = tt_empty(TT_U8, TT_SHAPE(p.gaps));
  Tensor *value = tt_empty(t->dtype, TT_SHAPE(p.values));
  memcpy(gap->data, p.gap, (size_t)p.gaps);
  for (int64_t i = 0; i < p.values; i++)
    memcpy((char *)value->data + (size_t)i * size, &p.value[i], size);
  return (PackedGaps){ tt_keep(gap), tt_keep(value) };
}

int64_t tt_packed_bits(Tensor *t)
{
  PackWriter w = {0};
  write_tensor(&w, t);
  return w.n;
}

static void read_values(PackReader *r, Tensor *t, size_t size)
{
  TT_SCOPE;
  int64_t all = tt_numel(t), n = read_number(r);
  uint64_t book[BOOK];
  if (n > BOOK)
    refuse_packed(r, "a book of too many values");
  for (int64_t i = 0; i < n; i++)
    book[i] = read_bits(r, 8 * (int)size);
  int64_t gaps = read_number(r), values = 0, at = 0, next = 0;
  if (gaps > all)
    refuse_packed(r, "more gaps than numbers");
  PackedValues p = values_for(gaps);
  read_symbols(r, gaps, p.gap);
  for (int64_t i = 0; i < gaps; i++)
    values += p.gap[i] != GAP;
  read_symbols(r, values, p.code);
  memset(t->data, 0, (size_t)all * size);
  for (int64_t i = 0; i < gaps; i++) {
    at += p.gap[i];
    if (p.gap[i] == GAP)
      continue;
    if (at >= all || p.code[next] >= n)
      refuse_packed(r, "a value that has no place, or is in no book");
    memcpy((char *)t->data + at * (int64_t)size, &book[p.code[next]],
           size);
    next++, at++;
  }
}

static void read_planes(PackReader *r, Tensor *t, size_t size)
{
  TT_SCOPE;
  int64_t n = tt_numel(t);
  uint8_t *plane = room_for(n, 1);
  for (size_t k = 0; k < size; k++) {
    read_symbols(r, n, plane);
    for (int64_t i = 0; i < n; i++)
      ((uint8_t *)t->data)[(size_t)i * size + k] = plane[i];
  }
}

static const DType types[] = { TT_F32, TT_I32, TT_U8, TT_I8, TT_F16,
                               TT_BF16 };
enum { TYPES = sizeof types / sizeof *types };

static int number_of_type(DType d)
{
  int i = 0;
  while (types[i] != d)
    i++;
  return i;
}

static void write_entry(PackWriter *w, const StateEntry *e)
{
  const Tensor *t = *e->slot;
  size_t n = strlen(e->name);
  write_number(w, n);
  for (size_t i = 0; i < n; i++)
    write_bits(w, 8, (uint8_t)e->name[i]);
  write_bits(w, 4, (uint64_t)number_of_type(t->dtype));
  write_bits(w, 4, tt_dtype_size(t->dtype));
  write_bits(w, 4, (uint64_t)t->rank);
  for (int d = 0; d < t->rank; d++)
    write_number(w, (uint64_t)t->shape[d]);
  write_tensor(w, *e->slot);
}

static void read_entry(PackReader *r, StateEntry *e)
{
  int64_t n = read_number(r), all = 1;
  if (n >= TT_NAME)
    refuse_packed(r, "a name is too long");
  for (int64_t i = 0; i < n; i++)
    e->name[i] = (char)read_bits(r, 8);
  int type = (int)read_bits(r, 4);
  size_t size = read_bits(r, 4);
  Shape s = { .rank = (int)read_bits(r, 4) };
  if (type >= TYPES || tt_dtype_size(types[type]) != size
      || s.rank > TT_MAX_RANK)
    refuse_packed(r, "a type or a rank that there is not");
  for (int d = 0; d < s.rank; d++) {
    s.dim[d] = read_number(r);
    if (__builtin_mul_overflow(all, s.dim[d], &all)
        || all > INT64_MAX / 16)
      refuse_packed(r, "a tensor is too large");
  }
  Tensor *t = *e->slot = tt_empty(types[type], s);
  (read_bits(r, 1) ? read_values : read_planes)(r, t, size);
}

#define PACKED "packed"            // name of the tensor
#define PACKED_KEY "tinytorch.packed"  // in the metadata: the version

static void write_all(PackWriter *w, StateDict sd)
{
  write_number(w, (uint64_t)sd.n);
  for (int i = 0; i < sd.n; i++)
    write_entry(w, &sd.entry[i]);
}

void tt_packed_save(const char *path, StateDict sd, Metadata m)
{
  tt_check_state_dict("tt_packed_save", sd);
  tt_check_metadata("tt_packed_save", m);
  TT_SCOPE;
  PackWriter w = {0};
  write_all(&w, sd);
  Tensor *bits = tt_empty(TT_U8, TT_SHAPE((w.n + 7) / 8));
  w = (PackWriter){ memset(bits->data, 0, (size_t)tt_numel(bits)), 0 };
  write_all(&w, sd);
  Metadata more = { .n = m.n + 1 };
  more.pair = room_for(more.n, sizeof *more.pair);
  for (int i = 0; i < m.n; i++)
    more.pair[i] = m.pair[i];
  more.pair[m.n] = (MetaPair){ PACKED_KEY, "1" };
  StateDict one = tt_state_dict_new(1);
  strcpy(one.entry[0].name, PACKED);
  *one.entry[0].slot = bits;
  tt_save_file(path, one, more);
}

StateDict tt_packed_load(const char *path, Metadata *m)
{
  Metadata own;
  StateDict one = tt_load_file_with(path, m ? m : &own);
  const char *version = tt_metadata_get(m ? *m : own, PACKED_KEY);
  Tensor *bits = one.n == 1 ? *one.entry[0].slot : NULL;
  if (!version || strcmp(version, "1") != 0 || !bits
      || bits->dtype != TT_U8)
    tt_fail(TT_EFORMAT, "tt_packed_load: %s: not a packed file of"
            " version 1; other files are for tt_load_file", path);
  PackReader r = { path, bits->data, 0, 8 * tt_numel(bits) };
  int64_t n = read_number(&r);
  if (n > r.end / 8)
    refuse_packed(&r, "more tensors than bytes");
  StateDict sd = tt_state_dict_new((int)n);
  for (int i = 0; i < sd.n; i++)
    read_entry(&r, &sd.entry[i]);
  if (r.end - r.n > 7)
    refuse_packed(&r, "something follows the last tensor");
  tt_release(bits);
  return sd;
}
