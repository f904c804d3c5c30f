// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// Events as a trace that others read, and as a picture.
#include "tt/measure.h"
#include "tt/error.h"
#include "tt/locale.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Placed {
  const ProfileEvent *e;
  int64_t from, to;                // nanoseconds
  int     parent;                  // in which it runs, or -1
} Placed;
bool tt_nested_or_apart(int64_t from_a, int64_t to_a,
                        int64_t from_b, int64_t to_b)
{
  bool apart = to_a <= from_b || to_b <= from_a;
  bool b_in_a = from_a <= from_b && to_b <= to_a;
  bool a_in_b = from_b <= from_a && to_a <= to_b;
  return apart || b_in_a || a_in_b;
}

static void nest(Placed *list, int n)
{
  for (int i = 0; i < n; i++) {
    Placed *e = &list[i];
    int k = i - 1;                 // the one that began before it
    while (k >= 0 && e->from >= list[k].to)
      k = list[k].parent;
    e->parent = k;
    if (k >= 0 && !tt_nested_or_apart(list[k].from, list[k].to, e->from,
                                      e->to))
      e->to = list[k].to;          // cut, so that it fits
  }
}

static int rank_of(const ProfileEvent *e)    // outer ones first
{
  return e->kind == TT_EVENT_SPAN ? 0
       : e->kind == TT_EVENT_OPERATION ? 1 : 2;
}

static int by_start(const void *x, const void *y)
{
  const Placed *a = x, *b = y;
  if (a->from != b->from)
    return a->from < b->from ? -1 : 1;
  if (a->to != b->to)
    return a->to > b->to ? -1 : 1; // the longer is the outer one
  if (rank_of(a->e) != rank_of(b->e))
    return rank_of(a->e) - rank_of(b->e);
  return a->e > b->e ? -1 : 1;     // the later to end
}

static Placed *placed(const Profile *p, int *n)
{
  int64_t bytes = p->events * (int64_t)sizeof(Placed);
  Placed *list = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  *n = 0;
  for (const ProfileEvent *e = p->event; e < p->event + p->events; e++)
    if (e->kind != TT_EVENT_MEMORY) {
      int64_t from = llround(1e9 * fmax(e->start, 0));
      int64_t to = llround(1e9 * fmax(e->start + e->seconds, 0));
      list[(*n)++] = (Placed){ .e = e, .from = from, .to = to };
    }
  qsort(list, (size_t)*n, sizeof *list, by_start);
  nest(list, *n);
  return list;
}

enum { BROKEN = 0xFFFD };          // the sign for what is no character

static uint32_t next_character(const char **text)
{
  const unsigned char *s = (const void *)*text;
  int more = s[0] < 0x80 ? 0 : s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : 1;
  uint32_t c = more ? s[0] & (0x3Fu >> more) : s[0];
  int used = 1;
  while (used <= more && (s[used] & 0xC0) == 0x80)
    c = c << 6 | (s[used++] & 0x3F);
  static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
  bool fine = used == more + 1 && c >= least[more] && c < 0x110000
              && !(c >= 0xD800 && c < 0xE000)
              && (s[0] < 0x80 || s[0] >= 0xC2);
  *text += fine ? used : 1;
  return fine ? c : BROKEN;
}

static void put_json(FILE *f, uint32_t c)
{
  if (c == '"' || c == '\\')
    fprintf(f, "\\%c", (int)c);
  else if (c >= ' ' && c < 0x7F)
    fputc((int)c, f);
  else if (c < 0x10000)
    fprintf(f, "\\u%04x", (unsigned)c);
  else                             // two halves, as in UTF-16
    fprintf(f, "\\u%04x\\u%04x", 0xD7C0 + (unsigned)(c >> 10),
            0xDC00 + (unsigned)(c & 0x3FF));
}

static void put_xml(FILE *f, uint32_t c)
{
  bool control = c < ' ' && c != '\t' && c != '\n' && c != '\r';
  if (control || c == 0xFFFE || c == 0xFFFF)
    c = BROKEN;
  if (c < 0x7F && !strchr("<>&\"'", (int)c))
    fputc((int)c, f);
  else
    fprintf(f, "&#x%X;", (unsigned)c);
}

typedef void Put(FILE *f, uint32_t c);

static int put_text(FILE *f, const char *text, int most, Put *put)
{
  int n = 0;
  for (; *text && n < most; n++)
    put(f, next_character(&text));
  return n;
}

static const char *kind_of(const ProfileEvent *e)
{
  return e->kind == TT_EVENT_KERNEL ? "kernel"
       : e->kind == TT_EVENT_OPERATION ? "operation"
       : e->span == TT_SPAN_BACKWARD ? "backward"
       : e->span == TT_SPAN_UPDATE ? "update"
       : e->span == TT_SPAN_NAMED ? "span" : "module";
}

static void name_of(const Profile *p, const ProfileEvent *e,
                    char name[2 * TT_NAME])
{
  bool module = e->kind == TT_EVENT_SPAN && e->module >= 0
                && e->span == TT_SPAN_MODULE;
  const ProfileModule *m = module ? &p->module[e->module] : NULL;
  if (m && m->name[0] != '(' && m->name[0])
    snprintf(name, 2 * TT_NAME, "%s (%s)", m->name, m->type);
  else
    snprintf(name, 2 * TT_NAME, "%s%s",
             e->kind == TT_EVENT_SPAN && e->span == TT_SPAN_BACKWARD
             ? "gradient of " : "", m ? m->type : e->name);
}

static int write_name(FILE *f, const Profile *p, const ProfileEvent *e,
                      int most, Put *put)
{
  char name[2 * TT_NAME];
  name_of(p, e, name);
  return put_text(f, name, most, put);
}

static void write_event(FILE *f, const Profile *p, const Placed *at)
{
  const ProfileEvent *e = at->e;
  fprintf(f, ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":%.3f,"
          "\"dur\":%.3f,\"cat\":\"%s\",\"name\":\"",
          (double)at->from / 1e3, (double)(at->to - at->from) / 1e3,
          kind_of(e));
  write_name(f, p, e, INT32_MAX, put_json);
  fprintf(f, "\",\"args\":{\"flops\":%.0f,\"bytes\":%.0f", e->flops,
          e->bytes);
  for (int i = 0; i < e->shapes; i++)
    fprintf(f, ",\"%s\":\"%s\"", i == 0 ? "result" : i == 1 ? "first"
            : "second", TT_TEXT(e->shape[i]));
  fprintf(f, "}}");
}

static void write_memory(FILE *f, const ProfileEvent *e)
{
  fprintf(f, ",\n{\"ph\":\"C\",\"pid\":1,\"tid\":1,\"ts\":%.3f,"
          "\"name\":\"memory\",\"args\":{\"live\":%.0f}}",
          1e6 * fmax(e->start, 0), e->live);
}

void tt_profiler_trace(FILE *f, const Profile *p)
{
  TT_SCOPE;
  TT_C_LOCALE;                     // JSON has points
  int n;
  const Placed *list = placed(p, &n);
  fprintf(f, "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"steps\":"
          "%lld,\"dropped\":%lld},\n\"traceEvents\":[\n"
          "{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"process_name\","
          "\"args\":{\"name\":\"tinytorch\"}}", (long long)p->steps,
          (long long)p->dropped);
  for (int i = 0; i < n; i++)
    write_event(f, p, &list[i]);
  for (int64_t i = 0; i < p->events; i++)
    if (p->event[i].kind == TT_EVENT_MEMORY)
      write_memory(f, &p->event[i]);
  fprintf(f, "\n]}\n");
}

typedef struct Flame {
  const Placed *first;             // the first event that is in it
  int64_t ticks, begin;            // nanoseconds; where it is drawn
  int     parent, depth;
  int     child, next;             // in the list; 0: none
} Flame;
enum { FLAME_WIDE = 800, FLAME_HIGH = 27, LETTER = 8 };

static bool same_name(const ProfileEvent *a, const ProfileEvent *b)
{
  return a->kind == b->kind
         && (a->kind != TT_EVENT_SPAN || a->span == b->span)
         && strcmp(a->name, b->name) == 0
         && (a->kind != TT_EVENT_SPAN || a->span != TT_SPAN_MODULE
             || a->module == b->module);
}

static int flame_of(Flame *flame, int *n, int parent, const Placed *e)
{
  int *link = &flame[parent].child;
  while (*link && !same_name(flame[*link].first->e, e->e))
    link = &flame[*link].next;
  if (!*link) {
    flame[*n] = (Flame){ .first = e, .parent = parent,
                         .depth = flame[parent].depth + 1 };
    *link = (*n)++;
  }
  flame[*link].ticks += e->to - e->from;
  return *link;
}

static int gather(const Placed *list, int n, Flame *flame)
{
  TT_SCOPE;
  int64_t bytes = n * (int64_t)sizeof(int);
  int *of = tt_empty(TT_U8, TT_SHAPE(bytes))->data, flames = 1;
  flame[0] = (Flame){ .parent = -1 };
  for (int i = 0; i < n; i++) {
    int in = list[i].parent >= 0 ? of[list[i].parent] : 0;
    of[i] = flame_of(flame, &flames, in, &list[i]);
    if (in == 0)
      flame[0].ticks += list[i].to - list[i].from;
  }
  for (int i = 0; i < flames; i++) {   // parents come before children
    int64_t begin = flame[i].begin;
    for (int k = flame[i].child; k; k = flame[k].next) {
      flame[k].begin = begin;
      begin += flame[k].ticks;
    }
  }
  return flames;
}

static void draw_flame(FILE *f, const Profile *p, const Flame *all,
                       const Flame *flame, int deepest)
{
  double scale = all->ticks > 0 ? FLAME_WIDE / (double)all->ticks : 0;
  double x = scale * (double)flame->begin,
         wide = scale * (double)flame->ticks;
  int y = FLAME_HIGH * (deepest - flame->depth), letters
    = (int)((wide - 6) / LETTER);
  const ProfileEvent *e = flame->first->e;
  const char *color = kind_of(e)[0] == 'k' ? "--fig-muted, #6b7078"
    : kind_of(e)[0] == 'b' ? "--series-2, #cf5a12"
    : kind_of(e)[0] == 'u' ? "--series-3, #2a8a4a"
    : "--series-1, #2678c8";
  if (wide < 0.5)
    return;
  fprintf(f, "  <g><title>");
  write_name(f, p, e, INT32_MAX, put_xml);
  fprintf(f, ", %.3f ms, %.1f %%</title>\n", (double)flame->ticks / 1e6,
          100 * wide / FLAME_WIDE);
  fprintf(f, "  <rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\""
          " rx=\"2\" fill=\"var(%s)\" fill-opacity=\"0.3\" stroke="
          "\"var(%s)\" stroke-width=\"0.5\"/>\n", x, y, wide,
          FLAME_HIGH - 2, color, color);
  if (letters >= 3) {
    fprintf(f, "  <text x=\"%.2f\" y=\"%d\">", x + 3, y + 17);
    write_name(f, p, e, letters, put_xml);
    fprintf(f, "</text>\n");
  }
  fprintf(f, "  </g>\n");
}

void tt_profiler_flame(FILE *f, const Profile *p)
{
  TT_SCOPE;
  TT_C_LOCALE;                     // SVG has points
  int n, deepest = 0;
  const Placed *list = placed(p, &n);
  int64_t bytes = (n + 1) * (int64_t)sizeof(Flame);
  Flame *flame = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  int flames = gather(list, n, flame);
  for (int i = 1; i < flames; i++)
    deepest = flame[i].depth > deepest ? flame[i].depth : deepest;
  fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0"
          " %d %d\" font-family=\"monospace\" font-size=\"13\""
          " fill=\"currentColor\">\n  <title>Where %.3f ms went",
          FLAME_WIDE, FLAME_HIGH * deepest + FLAME_HIGH,
          (double)flame[0].ticks / 1e6);
  if (p->dropped)
    fprintf(f, "; %lld events did not fit in", (long long)p->dropped);
  fprintf(f, "</title>\n");
  for (int i = 1; i < flames; i++)
    draw_flame(f, p, flame, &flame[i], deepest);
  fprintf(f, "</svg>\n");
}
