// Made from chapters/19-benchmarking.nw by tools/tangle: edit there.
#include "tt_test.h"
#include "../programs/19/weather.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static Weather w;

static void works(void *what, void *who)
{
  w.now += *(double *)what * *(double *)who;
}

static void breaks(void *what, void *who)
{
  (void)what;
  if (*(double *)who > 1)
    tt_fail(TT_ESHAPE, "too <large> for & me");
  w.now += 1e-3;
}

static SuiteOptions by_hand(void)
{
  return (SuiteOptions){ .bench = { .clock = clock_of(&w) },
                         .compare = { .clock = clock_of(&w) } };
}

// two cases of 1 and 2 ms; the second contender takes 0.8 times as long
static SuiteTable *small_suite(double factor, double items)
{
  static double one = 1e-3, two = 2e-3, whole = 1, part;
  part = factor, w = (Weather){ .n = 1 };
  return tt_suite_run("a suite", 2, (SuiteCase[]){
    { "one", works, &one, items }, { "two", works, &two, 10 } },
    2, (SuiteContender[]){ { "plain", NULL, &whole },
                           { "quick", NULL, &part } }, by_hand());
}

typedef void Writer(FILE *f, const SuiteTable *t);

static char *written(Writer *write, const SuiteTable *t)
{
  static char text[20000];
  memset(text, 0, sizeof text);
  FILE *f = fmemopen(text, sizeof text, "w");
  write(f, t);
  fclose(f);
  return text;
}

TT(suite, each_case_with_each_contender)
{
  SuiteTable *t = small_suite(0.8, 0);
  tt_expect_int(t->cases * t->contenders, 4);
  tt_expect_close(t->cell[0].seconds, 1e-3, 1e-9, 0);
  tt_expect_close(t->cell[3].seconds, 1.6e-3, 1e-9, 0);
  tt_expect_close(t->cell[3].rate, 10 / 1.6e-3, 1e-9, 0);
  tt_expect_close(t->cell[1].ratio.value, 0.8, 1e-9, 0);
  tt_expect_int(t->cell[1].outcome, TT_FASTER);
  tt_expect_int(t->cell[0].outcome, TT_NO_DIFFERENCE);
  tt_expect_text(t->case_name[1], "two");
  tt_expect_text(t->contender[1], "quick");
}

TT(suite, a_cell_that_fails_says_why)
{
  static double small = 1, large = 2;
  w = (Weather){ .n = 1 };
  SuiteTable *t = tt_suite_run("fails", 1,
    (SuiteCase[]){ { "case", breaks, NULL, 1 } }, 2,
    (SuiteContender[]){ { "small", NULL, &small },
                        { "<large>", NULL, &large } }, by_hand());
  tt_expect_close(t->cell[0].seconds, 1e-3, 1e-9, 0);
  tt_expect(isnan(t->cell[1].seconds), "%g", t->cell[1].seconds);
  tt_expect_int(t->cell[1].outcome, TT_NO_DIFFERENCE);
  tt_expect(strstr(t->cell[1].note, "too <large> for & me"), "%s",
            t->cell[1].note);
  const char *page = written(tt_suite_html, t);
  tt_expect(strstr(page, "too &lt;large&gt; for &amp; me")
            && !strstr(page, "<large>"), "%s", page);
  tt_expect(strstr(written(tt_suite_print, t), "failed"), "no failure");
}

TT(suite, a_table_has_a_line_for_each_cell)
{
  char *text = written(tt_suite_tsv, small_suite(0.5, 0));
  int lines = 0, fields = 0;
  for (char *c = text; *c; c++)
    lines += *c == '\n';
  tt_expect_int(lines, 7 + 1 + 4);
  char *row = strstr(text, "\none\tquick\t");
  tt_expect(row, "%s", text);
  for (char *c = row + 1; *c != '\n'; c++)
    fields += *c == '\t';
  tt_expect_int(fields, 14);
  tt_expect(strstr(row, "0.500000\tfaster"), "%s", row);
  tt_expect(strncmp(text, "# suite\ta suite\n# cpu\t", 22) == 0, "%s",
            text);
}

TT(suite, a_page_closes_what_it_opens)
{
  char *page = written(tt_suite_html, small_suite(0.5, 0));
  char *open[50], *c = page;
  int depth = 0, rows = 0;
  while ((c = strchr(c, '<'))) {
    c++;
    size_t n = strcspn(c, " >");
    bool single = *c == '!' || strncmp(c, "meta", 4) == 0;
    if (*c == '/') {
      depth--;
      tt_expect(depth >= 0 && strncmp(open[depth], c + 1, n - 1) == 0,
                "%.20s closes %.20s", c, depth < 0 ? "" : open[depth]);
    } else if (!single) {
      open[depth++] = c;
      rows += strncmp(c, "tr>", 3) == 0;
    }
  }
  tt_expect_int(depth, 0);
  tt_expect_int(rows, 1 + 4);
}

static void slow_formula(void *what, void *who)
{
  (void)what, (void)who;
  w.now += strcmp(tt_backend->name, "formula") == 0 ? 3e-3 : 1e-3;
}

TT(suite, backends_head_to_head)
{
  w = (Weather){ .n = 1 };
  tt_backend_use("naive");
  SuiteTable *t = tt_suite_backends("backends", 1,
    (SuiteCase[]){ { "which", slow_formula, NULL, 1 } }, 3,
    (const char *const[]){ "naive", "formula", "no such" }, by_hand());
  tt_expect_close(t->cell[1].seconds, 3e-3, 1e-9, 0);
  tt_expect_close(t->cell[1].ratio.value, 3, 1e-9, 0);
  tt_expect_text(tt_backend->name, "naive");
  tt_expect(isnan(t->cell[2].seconds)
            && strstr(t->cell[2].note, "no such"), "%s",
            t->cell[2].note);
}

TT(suite, models_head_to_head)
{
  Tensor *x = tt_ones(TT_SHAPE(3, 4));
  Module *m = &tt_linear_new(4, 2, NULL)->base;
  TT_SCOPE;
  tt_suite_forward(x, m);
  SuiteCase c = { "one", tt_suite_forward, x, 3 };
  SuiteContender who = { "m", NULL, m };
  tt_expect_fail(tt_suite_run("none", 0, &c, 1, &who,
                              (SuiteOptions){0}), "0 cases");
  SuiteTable *t = tt_suite_run("one", 1, &c, 1, &who, (SuiteOptions){
    .bench = { .seconds = 0.01 } });
  tt_expect(t->cell[0].rate > 0, "%s", t->cell[0].note);
}

static char base[] = "/tmp/tt_base_XXXXXX";

static void make_base(void)
{
  tt_expect(close(mkstemp(base)) == 0, "no file");
}

// the baseline again, one text changed
static void change_base(const char *from, const char *to)
{
  char text[20000] = "";
  FILE *f = fopen(base, "r");
  size_t n = fread(text, 1, sizeof text - 1, f);
  fclose(f);
  char *at = strstr(text, from);
  tt_expect(at, "no %s in %s", from, text);
  f = fopen(base, "w");
  fwrite(text, 1, (size_t)(at - text), f);
  fputs(to, f);
  fwrite(at + strlen(from), 1,
         n - (size_t)(at - text) - strlen(from), f);
  fclose(f);
}

TT(suite, a_baseline_finds_what_is_slower)
{
  make_base();
  tt_baseline_save(base, small_suite(0.8, 0));
  tt_expect_int(tt_baseline_compare(base, small_suite(0.8, 0), 0, 0,
                                    NULL), 0);
  tt_expect_int(tt_baseline_compare(base, small_suite(0.85, 0), 0, 0,
                                    NULL), 0);       // within 10 %
  BaselineChange c[4];
  tt_expect_int(tt_baseline_compare(base, small_suite(1.0, 0), 0, 4, c),
                2);
  tt_expect_text(c[0].case_name, "one");
  tt_expect_text(c[0].contender, "quick");
  tt_expect_int(c[0].outcome, TT_SLOWER);
  tt_expect_close(c[1].before, 0.16e-3, 1e-6, 0);  // of 10 items
  tt_expect_close(c[1].now, 0.2e-3, 1e-6, 0);
  tt_baseline_compare(base, small_suite(0.5, 0), 0, 4, c);
  tt_expect_int(c[0].outcome, TT_FASTER);
  remove(base);
}

TT(suite, a_baseline_that_cannot_be_written_stays)
{
  SuiteTable *t = small_suite(0.8, 0);
  make_base();
  tt_baseline_save(base, t);
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 100, 100 });
  tt_expect_fail(tt_baseline_save(base, small_suite(0.9, 0)), base);
  tt_expect_int(tt_baseline_compare(base, t, 0, 0, NULL), 0);
  remove(base);
}

TT(suite, more_work_is_not_slower)
{
  make_base();
  tt_baseline_save(base, small_suite(0.8, 0.5));   // half an item
  BaselineChange c[4];
  tt_expect_int(tt_baseline_compare(base, small_suite(0.8, 1), 0, 4, c),
                2);                // as long for twice the items
  tt_expect_int(c[0].outcome, TT_FASTER);
  tt_expect_close(c[0].now, 1e-3, 1e-6, 0);
  remove(base);
}

TT(suite, another_machines_times_are_refused)
{
  MachineIdentity m = tt_machine_identity();
  char cores[40];
  SuiteTable *t = small_suite(0.8, 0);
  make_base();
  tt_baseline_save(base, t);
  change_base(m.cpu, "Abacus 3000");
  tt_expect_fail(tt_baseline_compare(base, t, 0, 0, NULL),
                 "is of another processor, \"Abacus 3000\", and this");
  tt_baseline_save(base, t);
  snprintf(cores, sizeof cores, "# cores\t%d", m.cores);
  change_base(cores, "# cores\t99");
  tt_expect_fail(tt_baseline_compare(base, t, 0, 0, NULL),
                 "is of 99 cores");
  tt_baseline_save(base, t);
  change_base(m.compiler, "tcc 0.9");
  tt_expect_fail(tt_baseline_compare(base, t, 0, 0, NULL),
                 "is of another compiler, \"tcc 0.9\"");
  tt_baseline_save(base, t);
  change_base(m.build, "float, base, backend formula, 1 thread");
  tt_expect_fail(tt_baseline_compare(base, t, 0, 0, NULL),
                 "is of another build");
  remove(base);
}

TT(suite, what_is_no_baseline_is_refused)
{
  SuiteTable *t = small_suite(0.8, 0);
  tt_expect_fail(tt_baseline_compare("/tmp/tt_no_such_base", t, 0, 0,
                                     NULL), "tt_baseline_save writes");
  tt_expect_fail(tt_baseline_save("/no/such/folder/x", t),
                 "/no/such/folder/x");
  make_base();
  tt_expect_fail(tt_baseline_compare(base, t, 0, 0, NULL),
                 "has no table");
  tt_baseline_save(base, t);
  change_base("# cpu\t", "# spu\t");
  tt_expect_fail(tt_baseline_compare(base, t, 0, 0, NULL), "line 8");
  tt_baseline_save(base, t);
  change_base("\none\tplain\t", "\none\tplain ");
  tt_expect_fail(tt_baseline_compare(base, t, 0, 0, NULL),
                 "line 9: 14 fields");
  tt_baseline_save(base, t);
  change_base("\none\tquick\t1\t", "\none\tquick\tsome\t");
  t = small_suite(1, 0);
  tt_expect_int(tt_baseline_compare(base, t, 0, 0, NULL), 1);   // no
                                   // number, no verdict
  remove(base);
}

static ParetoPoint point(double accuracy, double seconds, double bytes,
                         double peak)
{
  return (ParetoPoint){ "", accuracy, seconds, bytes, peak, false };
}

static bool beats(ParetoPoint a, ParetoPoint b)
{
  return tt_dominates(&a, &b);
}

TT(suite, one_dominates_another)
{
  ParetoPoint p = point(0.9, 2, 200, 20);
  tt_expect(!beats(p, p), "it dominates itself");
  for (int i = 0; i < 4; i++) {    // better in one, equal in three
    ParetoPoint q = point(i == 0 ? 0.95 : 0.9, i == 1 ? 1 : 2,
                          i == 2 ? 100 : 200, i == 3 ? 10 : 20);
    tt_expect(beats(q, p), "better in number %d is not enough", i);
    tt_expect(!beats(p, q), "worse in number %d dominates", i);
  }
  for (int i = 0; i < 4; i++) {    // better in three, worse in one
    ParetoPoint q = point(i == 0 ? 0.8 : 0.95, i == 1 ? 3 : 1,
                          i == 2 ? 300 : 100, i == 3 ? 30 : 10);
    tt_expect(!beats(q, p), "worse in number %d dominates", i);
    tt_expect(!beats(p, q), "better only in number %d dominates", i);
  }
}

TT(suite, a_front_of_models)
{
  double nan = (double)NAN;
  ParetoPoint p[] = {
    point(0.90, 10, 10, 10), point(0.95, 20, 20, 20),
    point(0.94, 21, 20, 20), point(0.95, 20, 20, 20),
    point(0.99, nan, 1, 1), point(nan, 1, 1, 1),
    point(0.50, 1, 90, 90) };
  tt_expect_int(tt_pareto(7, p), 4);
  bool want[] = { true, true, false, true, false, false, true };
  for (int i = 0; i < 7; i++)
    tt_expect(p[i].front == want[i], "point %d: %d", i, p[i].front);
  tt_expect_int(tt_pareto(0, p), 0);
  char text[2000] = "";
  FILE *f = fmemopen(text, sizeof text, "w");
  tt_pareto_tsv(f, 7, p);
  tt_pareto_print(f, 7, p);
  fclose(f);
  tt_expect(strstr(text, "0.500000\t1\t90\t90\t1\n"), "%s", text);
}
