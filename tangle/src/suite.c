// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
// Cases times contenders, and baselines.
#include "tt/suite.h"
#include "tt/autograd.h"
#include "tt/backend.h"
#include "tt/error.h"
#include "tt/locale.h"
#include "tt/module.h"
#include "tt/parallel.h"
#include "tt/safetensors.h"
#include "tt/todo.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static void one_line(char *to, size_t room, const char *from)
{
  snprintf(to, room, "%.*s", (int)room - 1, from);
  for (char *c = to; *c; c++)
    *c = (unsigned char)*c < ' ' ? ' ' : *c;
}

static void read_cpu(char *to, size_t room)
{
  char line[256];
  FILE *f = fopen("/proc/cpuinfo", "r");
  while (f && fgets(line, sizeof line, f)) {
    const char *value = strchr(line, ':');
    if (value && (strncmp(line, "model name", 10) == 0
                  || strncmp(line, "CPU part", 8) == 0)) {
      line[strcspn(line, "\n")] = 0;
      one_line(to, room, value + 1 + strspn(value + 1, " "));
      break;
    }
  }
  if (f)
    fclose(f);
}

#if defined __AVX512F__
#define LEVEL "AVX-512"
#elif defined __AVX2__
#define LEVEL "AVX2"
#else
#define LEVEL "base"
#endif
#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

MachineIdentity tt_machine_identity(void)
{
  MachineIdentity m = { .cores = (int)sysconf(_SC_NPROCESSORS_ONLN) };
  struct utsname u;
  uname(&u);
  m.memory = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  one_line(m.cpu, sizeof m.cpu, u.machine);
  read_cpu(m.cpu, sizeof m.cpu);
  snprintf(m.system, sizeof m.system, "%.40s %.50s", u.sysname,
           u.release);
  one_line(m.compiler, sizeof m.compiler, COMPILER);
  snprintf(m.build, sizeof m.build, "%s, %s, backend %s, %d thread%s",
           sizeof(Real) == 4 ? "float" : "double", LEVEL,
           tt_backend->name, tt_get_num_threads(),
           tt_get_num_threads() == 1 ? "" : "s");
  return m;
}

typedef struct Cell {              // that is measured
  const SuiteCase      *c;
  const SuiteContender *who, *first;
  const SuiteOptions   *o;
  SuiteCell            *to;
} Cell;
typedef struct CellWork { const SuiteCase *c; const SuiteContender *w; }
  CellWork;

static void work_of(void *arg)
{
  CellWork *w = arg;
  w->c->work(w->c->what, w->w->who);
}

static void turn_of(void *arg)
{
  CellWork *w = arg;
  if (w->w->turn)
    w->w->turn(w->w->who);
}

static void measure_cell(void *arg)
{
  Cell *x = arg;
  CellWork mine = { x->c, x->who }, first = { x->c, x->first };
  TT_SCOPE;
  turn_of(&mine);
  Benchmark b = tt_benchmark(x->c->name, work_of, &mine, x->o->bench);
  const char *noise = tt_latency_noise(&b.time);
  SuiteCell *to = x->to;
  to->seconds = b.time.median;
  to->low = b.time.low, to->high = b.time.high;
  to->bytes = b.bytes, to->peak = b.peak;
  to->ratio = (Interval){ 1, 1, 1 };
  if (x->who != x->first) {
    Comparison c = tt_compare(
      (Contender){ x->first->name, work_of, &first, turn_of },
      (Contender){ x->who->name, work_of, &mine, turn_of },
      x->o->compare);
    to->ratio = c.ratio, to->outcome = c.outcome, to->pairs = c.pairs;
    noise = tt_comparison_noise(&c);
  }
  one_line(to->note, sizeof to->note, noise ? noise : "");
}

static SuiteTable *new_table(const char *name, int n,
                             const SuiteCase *c, int k,
                             const SuiteContender *who)
{
  SuiteTable *t = tt_room(1, sizeof *t);
  one_line(t->name, sizeof t->name, name);
  t->machine = tt_machine_identity();
  t->cases = n, t->contenders = k;
  t->case_name = tt_room(n, TT_NAME);
  t->contender = tt_room(k, TT_NAME);
  t->items = tt_room(n, sizeof *t->items);
  t->cell = tt_room((int64_t)n * k, sizeof *t->cell);
  for (int i = 0; i < n; i++) {
    one_line(t->case_name[i], TT_NAME, c[i].name);
    t->items[i] = c[i].items > 0 ? c[i].items : 1;
  }
  for (int j = 0; j < k; j++)
    one_line(t->contender[j], TT_NAME, who[j].name);
  return t;
}

SuiteTable *tt_suite_run(const char *name, int n, const SuiteCase *c,
                         int k, const SuiteContender *who,
                         SuiteOptions o)
{
  if (n < 1 || k < 1)
    tt_fail(TT_EVALUE, "tt_suite_run: %d cases, %d contenders; a table"
            " has one of each, or more", n, k);
  SuiteTable *t = new_table(name, n, c, k, who);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < k; j++) {
      SuiteCell *to = &t->cell[i * k + j];
      Cell x = { &c[i], &who[j], &who[0], &o, to };
      TensorError e;
      if (!tt_try(measure_cell, &x, &e)) {
        *to = (SuiteCell){ .seconds = (double)NAN, .low = (double)NAN,
                           .high = (double)NAN,
                           .ratio = { (double)NAN, (double)NAN,
                                      (double)NAN } };
        one_line(to->note, sizeof to->note, e.message);
      }
      to->rate = t->items[i] / to->seconds;
    }
  return t;
}

void tt_suite_forward(void *x, void *model)
{
  TT_NO_GRAD;
  tt_forward(model, x);
}

static void use_backend(void *name)
{
  tt_backend_use(name);
}

SuiteTable *tt_suite_backends(const char *name, int n,
                              const SuiteCase *c, int k,
                              const char *const backend[],
                              SuiteOptions o)
{
  const char *before = tt_backend->name;
  SuiteContender *who = tt_room(k, sizeof *who);
  for (int j = 0; j < k; j++) {
    char *copy = tt_room(1, strlen(backend[j]) + 1);
    strcpy(copy, backend[j]);
    who[j] = (SuiteContender){ copy, use_backend, copy };
  }
  SuiteTable *t = tt_suite_run(name, n, c, k, who, o);
  tt_backend_use(before);
  return t;
}

static void print_seconds(FILE *f, double s)
{
  if (isnan(s))
    fprintf(f, "    failed");
  else if (s < 1e-3)
    fprintf(f, "%7.4g us", 1e6 * s);
  else
    fprintf(f, "%7.4g ms", 1e3 * s);
}

void tt_suite_print(FILE *f, const SuiteTable *t)
{
  int n = t->cases * t->contenders, k = t->contenders;
  for (int i = 0; i < n; i++) {
    const SuiteCell *c = &t->cell[i];
    fprintf(f, "%-10s %-8s", t->case_name[i / k], t->contender[i % k]);
    print_seconds(f, c->seconds);
    if (i % k && !isnan(c->ratio.value))
      fprintf(f, "  %.3f (%.3f to %.3f) %s", c->ratio.value,
              c->ratio.low, c->ratio.high, tt_outcome_text(c->outcome));
    fprintf(f, "%s\n", *c->note ? " *" : "");
  }
  for (int i = 0; i < n; i++)
    if (*t->cell[i].note)
      fprintf(f, "* %s, %s: %s\n", t->case_name[i / k],
              t->contender[i % k], t->cell[i].note);
}

static void machine_tsv(FILE *f, const MachineIdentity *m)
{
  fprintf(f, "# cpu\t%s\n# cores\t%d\n# memory\t%lld\n# system\t%s\n"
          "# compiler\t%s\n# build\t%s\n", m->cpu, m->cores,
          (long long)m->memory, m->system, m->compiler, m->build);
}

void tt_suite_tsv(FILE *f, const SuiteTable *t)
{
  TT_C_LOCALE;
  fprintf(f, "# suite\t%s\n", t->name);
  machine_tsv(f, &t->machine);
  fprintf(f, "case\tcontender\titems\tseconds\tlow\thigh\trate\tratio\t"
          "ratio_low\tratio_high\toutcome\tpairs\tbytes\tpeak\tnote\n");
  for (int i = 0; i < t->cases * t->contenders; i++) {
    const SuiteCell *c = &t->cell[i];
    int row = i / t->contenders;
    fprintf(f, "%s\t%s\t%.17g\t%.9g\t%.9g\t%.9g\t%.9g\t%.6f\t%.6f\t%.6f"
            "\t%s\t%lld\t%lld\t%lld\t%s\n", t->case_name[row],
            t->contender[i % t->contenders], t->items[row], c->seconds,
            c->low, c->high, c->rate, c->ratio.value, c->ratio.low,
            c->ratio.high, tt_outcome_text(c->outcome),
            (long long)c->pairs, (long long)c->bytes,
            (long long)c->peak, c->note);
  }
}

static void text(FILE *f, const char *s)
{
  for (; *s; s++)
    switch (*s) {
    case '<': fputs("&lt;", f); break;
    case '>': fputs("&gt;", f); break;
    case '&': fputs("&amp;", f); break;
    case '"': fputs("&quot;", f); break;
    default:  fputc(*s, f);
    }
}

static void cell_html(FILE *f, const SuiteTable *t, int i, int j,
                      double longest)
{
  const SuiteCell *c = &t->cell[i * t->contenders + j];
  fputs("<tr><td>", f), text(f, t->case_name[i]);
  fputs("</td><td>", f), text(f, t->contender[j]);
  fprintf(f, "</td><td>%.4g</td><td><div class=\"bar\" style=\""
          "width:%.1f%%\"></div></td>", 1e6 * c->seconds,
          isnan(c->seconds) ? 0 : 100 * c->seconds / longest);
  fprintf(f, "<td>%.3f</td><td>%.3f to %.3f</td><td>%s</td><td>%.4g"
          "</td><td>%lld</td><td>", c->ratio.value, c->ratio.low,
          c->ratio.high, tt_outcome_text(c->outcome), c->rate,
          (long long)c->peak);
  text(f, c->note);
  fputs("</td></tr>\n", f);
}

static const char page_style[] =
  "body{font:16px/1.4 system-ui,sans-serif;margin:2rem;"
  "color-scheme:light dark}table{border-collapse:collapse}"
  "td,th{padding:.2rem .6rem;text-align:left;"
  "border-bottom:1px solid #8884;font-variant-numeric:tabular-nums}"
  ".bar{height:.8rem;min-width:1px;background:#7467c9}"
  "td:nth-child(4){width:12rem}";

static void machine_html(FILE *f, const MachineIdentity *m)
{
  fputs("<p>", f), text(f, m->cpu);
  fprintf(f, ", %d cores, %.1f GiB; ", m->cores,
          (double)m->memory / (1 << 30));
  text(f, m->system), fputs("; ", f);
  text(f, m->compiler), fputs("; ", f);
  text(f, m->build), fputs("</p>\n", f);
}

void tt_suite_html(FILE *f, const SuiteTable *t)
{
  TT_C_LOCALE;
  fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8"
        "\"/><title>", f);
  text(f, t->name);
  fprintf(f, "</title><style>%s</style></head>\n<body><h1>",
          page_style);
  text(f, t->name), fputs("</h1>\n", f);
  machine_html(f, &t->machine);
  fputs("<table>\n<tr><th>case</th><th>contender</th><th>µs</th><th>"
        "</th><th>ratio</th><th>from, to</th><th>against the first</th>"
        "<th>items/s</th><th>peak bytes</th><th></th></tr>\n", f);
  for (int i = 0; i < t->cases; i++) {
    double longest = 0;
    for (int j = 0; j < t->contenders; j++)
      longest = fmax(longest, t->cell[i * t->contenders + j].seconds);
    for (int j = 0; j < t->contenders; j++)
      cell_html(f, t, i, j, longest);
  }
  fputs("</table></body></html>\n", f);
}

static bool write_table(int fd, const void *table)
{
  int copy = dup(fd);
  FILE *f = copy < 0 ? NULL : fdopen(copy, "w");
  if (!f && copy >= 0)
    close(copy);
  if (!f)
    return false;
  tt_suite_tsv(f, table);
  bool good = !ferror(f);
  return fclose(f) == 0 && good;
}

void tt_baseline_save(const char *path, const SuiteTable *t)
{
  tt_replace_file("tt_baseline_save", path, write_table, t);
}

static double number(const char *s)    // NAN: it is none
{
  TT_C_LOCALE;
  char *end;
  double x = strtod(s, &end);
  return end == s || *end ? (double)NAN : x;
}

static int fields_of(char *line, int most, char *field[])
{
  int n = 0;
  line[strcspn(line, "\n")] = 0;
  for (char *rest = line; rest && n < most;)
    field[n++] = strsep(&rest, "\t");
  return n;
}

typedef struct Baseline {
  const char *path;
  FILE       *f;
  MachineIdentity machine;
  int         known;               // lines of the machine
  bool        rows;                // the head of the table was there
} Baseline;

static void read_machine(Baseline *b, char *const field[2])
{
  MachineIdentity *m = &b->machine;
  struct { const char *name; char *to; size_t room; } lines[] = {
    { "# cpu", m->cpu, sizeof m->cpu },
    { "# system", m->system, sizeof m->system },
    { "# compiler", m->compiler, sizeof m->compiler },
    { "# build", m->build, sizeof m->build } };
  for (int i = 0; i < 4; i++)
    if (strcmp(field[0], lines[i].name) == 0)
      one_line(lines[i].to, lines[i].room, field[1]), b->known++;
  if (strcmp(field[0], "# cores") == 0)
    m->cores = atoi(field[1]), b->known++;
  if (strcmp(field[0], "# memory") == 0)
    m->memory = atoll(field[1]), b->known++;
}

static void refuse_other(const char *path, const MachineIdentity *was,
                         const MachineIdentity *is)
{
  struct { const char *name, *was, *is; } text[] = {
    { "processor", was->cpu, is->cpu },
    { "compiler", was->compiler, is->compiler },
    { "build", was->build, is->build } };
  for (int i = 0; i < 3; i++)
    if (strcmp(text[i].was, text[i].is) != 0)
      tt_fail(TT_EVALUE, "tt_baseline_compare: %s is of another %s, "
              "\"%s\", and this is \"%s\"; times are compared on one "
              "machine only: save a baseline here", path, text[i].name,
              text[i].was, text[i].is);
  if (was->cores != is->cores)
    tt_fail(TT_EVALUE, "tt_baseline_compare: %s is of %d cores, and"
            " here are %d; save a baseline here", path, was->cores,
            is->cores);
}

typedef struct Against {           // a baseline
  Baseline b;
  const SuiteTable *t;
  double margin;
  int    n, found;
  BaselineChange *change;
} Against;

static int name_at(int n, char (*name)[TT_NAME], const char *which)
{
  for (int i = 0; i < n; i++)
    if (strcmp(name[i], which) == 0)
      return i;
  return -1;
}

static void compare_row(Against *a, char *const field[])
{
  const SuiteTable *t = a->t;
  int i = name_at(t->cases, t->case_name, field[0]);
  int j = name_at(t->contenders, t->contender, field[1]);
  if (i < 0 || j < 0)
    return;
  const SuiteCell *c = &t->cell[i * t->contenders + j];
  double items = number(field[2]), now = t->items[i];
  double before = number(field[3]) / items;
  Interval ratio = { c->seconds / now / before,
                     c->low / now / (number(field[5]) / items),
                     c->high / now / (number(field[4]) / items) };
  Outcome o = tt_outcome(ratio, a->margin);
  if (o == TT_NO_DIFFERENCE)
    return;
  if (a->change && a->found < a->n) {
    BaselineChange *to = &a->change[a->found];
    *to = (BaselineChange){ .before = before, .now = c->seconds / now,
                            .outcome = o };
    memcpy(to->case_name, t->case_name[i], TT_NAME);
    memcpy(to->contender, t->contender[j], TT_NAME);
  }
  a->found++;
}

static void compare_lines(void *arg)
{
  Against *a = arg;
  Baseline *b = &a->b;
  char line[2048], *field[15];
  for (int at = 1; fgets(line, sizeof line, b->f); at++) {
    int n = fields_of(line, 15, field);
    if (n == 2 && line[0] == '#') {
      read_machine(b, field);
    } else if (n != 15 || (!b->rows && b->known != 6)) {
      tt_fail(TT_EFORMAT, "tt_baseline_compare: %s, line %d: %d fields;"
              " a baseline has six lines of a machine, and then 15"
              " fields a line", b->path, at, n);
    } else if (!b->rows) {
      refuse_other(b->path, &b->machine, &a->t->machine);
      b->rows = true;
    } else {
      compare_row(a, field);
    }
  }
  if (!b->rows)
    tt_fail(TT_EFORMAT, "tt_baseline_compare: %s has no table; write"
            " one with tt_baseline_save", b->path);
}

int tt_baseline_compare(const char *path, const SuiteTable *t,
                        double margin, int n, BaselineChange *c)
{
  Against a = { .t = t, .n = n, .change = c,
                .margin = margin > 0 ? margin : 0.1 };
  a.b.path = path, a.b.f = fopen(path, "r");
  if (!a.b.f)
    tt_fail(TT_EFILE, "tt_baseline_compare: %s: %s; tt_baseline_save"
            " writes one", path, strerror(errno));
  TensorError e;
  bool good = tt_try(compare_lines, &a, &e);
  fclose(a.b.f);
  if (!good)
    tt_fail(e.code, "%s", e.message);
  return a.found;
}
