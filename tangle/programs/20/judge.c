// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// judge: scores entries of the competition. REFERENCE and ENTRY are
// programs that serve, in a sandbox.
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "tt/tt.h"

enum { MOST_BLOCK = 256, WARM = 2 };
static const double FIRST = 20, LIMIT = 2, STUDY = 120;   // seconds
static const double DAY = 86400;   // the sandbox has a limit, too

typedef struct Hidden {
  int64_t n, open;                 // the first ones are public
  Tensor *x, *y;
} Hidden;

static Hidden load_hidden(const char *path)
{
  StateDict d = tt_load_file(path);
  if (d.n != 2)
    tt_fail(TT_EFORMAT, "%s: no hidden pictures: `judge draw` makes"
            " them", path);
  int x = strcmp(d.entry[0].name, "x") == 0 ? 0 : 1;
  Hidden h = { .x = *d.entry[x].slot, .y = *d.entry[1 - x].slot };
  h.n = h.x->shape[0], h.open = h.n * 3 / 10;
  return h;
}

static const uint8_t *picture(const Hidden *h, int64_t i)
{
  return (const uint8_t *)h->x->data + i * TT_SIGN_PIXELS;
}

static void save_pictures(const char *path, Batch b)
{
  StateDict d = tt_state_dict_new(2);
  strcpy(d.entry[0].name, "x"), d.entry[0].slot = &b.x;
  strcpy(d.entry[1].name, "y"), d.entry[1].slot = &b.y;
  tt_save_file(path, d, (Metadata){0});
}

static int draw(int64_t n, const char *path)
{
  Sign sign[TT_SIGNS];
  tt_digit_signs(sign);
  int64_t open = n * 3 / 10;
  Batch a = tt_draw_signs(sign, open, NULL);
  Batch b = tt_draw_signs(sign, n - open, NULL);
  Batch all = { tt_cat(2, (Tensor *[]){ a.x, b.x }, 0),
                tt_cat(2, (Tensor *[]){ a.y, b.y }, 0) };
  save_pictures(path, all);
  return EXIT_SUCCESS;
}

typedef struct Player {
  const char *name;
  Contestant  c;
  double     *took;                // seconds of each block
  int        *choice;              // of each picture, -1: none
  int64_t     right[2];            // of the public part, the private
  int64_t     peak;
} Player;
typedef struct Block { int number, n; const int32_t *which; } Block;

static Player enter(const char *command, const char *name)
{
  return (Player){ .name = name, .c = tt_contestant_start(command) };
}

static void *zeros(int64_t n, size_t size)
{
  void *p = calloc((size_t)n, size);
  if (!p)
    tt_fail(TT_EMEM, "judge: no memory for %lld", (long long)n);
  return p;
}

static void note(Player *p, const Hidden *h, int64_t i,
                 const float *score)
{
  int32_t label = ((const int32_t *)h->y->data)[i];
  p->choice[i] = -1;
  for (int k = 0; k < TT_SIGNS; k++)
    if (tt_answer_right(TT_SIGNS, score, k))
      p->choice[i] = k;
  p->right[i >= h->open] += p->choice[i] == label;
}

static Generator secret_generator(void)
{
  Generator g;
  uint64_t seed;
  if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
    tt_fail(TT_EFILE, "judge: getrandom: %s", strerror(errno));
  tt_manual_seed(&g, seed);
  return g;
}

static void fresh_picture(uint8_t *pixel)
{
  static Sign sign[TT_SIGNS];
  Generator g = secret_generator();
  if (sign[0].n == 0)
    tt_digit_signs(sign);
  tt_draw_sign(&sign[tt_random(&g) % TT_SIGNS], &g, pixel);
}

static bool warm_up(Player *p)
{
  bool good = true;
  for (int i = 0; i < WARM && good; i++) {
    uint8_t pixel[TT_SIGN_PIXELS];
    float score[TT_SIGNS];
    fresh_picture(pixel);
    good = tt_ask(&p->c, pixel, score, p->c.asked ? LIMIT : FIRST);
  }
  return good;
}

static bool play(Player *p, const Hidden *h, Block b)
{
  float score[MOST_BLOCK][TT_SIGNS];
  tt_contestant_resume(&p->c);
  bool good = warm_up(p);
  double start = tt_machine_now();
  for (int i = 0; i < b.n && good; i++)
    good = tt_ask(&p->c, picture(h, b.which[i]), score[i], LIMIT);
  p->took[b.number] = tt_machine_now() - start;
  tt_contestant_pause(&p->c);
  for (int i = 0; i < b.n && good; i++)
    note(p, h, b.which[i], score[i]);
  return good;
}

// pairs of blocks, in random order; false: one has no answer
static bool by_turns(Player p[2], const Hidden *h, int pairs)
{
  Generator g = secret_generator();
  Tensor *order = tt_randperm(h->n, &g);
  for (int k = 0; k < 2; k++) {
    p[k].took = zeros(pairs, sizeof(double));
    p[k].choice = zeros(h->n, sizeof(int));
  }
  for (int i = 0; i < pairs; i++) {
    int64_t from = h->n * i / pairs, to = h->n * (i + 1) / pairs;
    Block b = { i, (int)(to - from),
                (const int32_t *)order->data + from };
    int first = (int)(tt_random(&g) % 2);
    for (int k = 0; k < 2; k++)
      if (!play(&p[first ^ k], h, b))
        return false;
  }
  return true;
}

// one picture again and again, against others: how many times as long
static Interval recall(Player *p)
{
  enum { ROUNDS = 40 };
  double fresh[ROUNDS], same[ROUNDS];
  uint8_t old[TT_SIGN_PIXELS], pixel[TT_SIGN_PIXELS];
  float score[TT_SIGNS];
  bool good = warm_up(p);
  fresh_picture(old);
  good = good && tt_ask(&p->c, old, score, LIMIT);
  for (int i = 0; i < ROUNDS && good; i++) {
    fresh_picture(pixel);
    double start = tt_machine_now();
    good = tt_ask(&p->c, pixel, score, LIMIT);
    double middle = tt_machine_now();
    good = good && tt_ask(&p->c, old, score, LIMIT);
    fresh[i] = middle - start, same[i] = tt_machine_now() - middle;
  }
  return good ? tt_bootstrap_ratio(ROUNDS, fresh, same,
                                   (BootstrapOptions){0})
              : (Interval){ (double)NAN, (double)NAN, (double)NAN };
}

// a new process, a part of the questions in another order: how many
// answers differ
static int64_t reordered(const char *command, const Player *p,
                         const Hidden *h, int64_t n)
{
  Generator g = secret_generator();
  Player again = enter(command, p->name);
  const int32_t *order = tt_randperm(h->n, &g)->data;
  int64_t differ = 0;
  bool good = warm_up(&again);
  again.choice = zeros(h->n, sizeof(int));
  for (int64_t i = 0; i < n && good; i++) {
    float score[TT_SIGNS];
    good = tt_ask(&again.c, picture(h, order[i]), score, LIMIT);
    if (good)
      note(&again, h, order[i], score);
    differ += !good
              || again.choice[order[i]] != p->choice[order[i]];
  }
  tt_contestant_end(&again.c);
  free(again.choice);
  return good ? differ : n;
}

static void say(const char *key, double value)
{
  printf("%s\t%.6g\n", key, value);
}

static void say_interval(const char *key, Interval i)
{
  printf("%s\t%.6g\n%s_low\t%.6g\n%s_high\t%.6g\n", key, i.value, key,
         i.low, key, i.high);
}

__attribute__((format(printf, 2, 3)))
static int verdict(const char *word, const char *format, ...)
{
  va_list list;
  va_start(list, format);
  printf("verdict\t%s\nreason\t", word);
  vprintf(format, list);
  putchar('\n');
  va_end(list);
  return EXIT_SUCCESS;
}

typedef struct Contest {
  Player   p[2];                   // the reference, the entry
  Hidden   h;
  int      pairs;
  Interval recall[2];
  int64_t  part, differ;           // asked again; answered otherwise
} Contest;

static double drift(const Contest *c)   // of the reference
{
  int half = c->pairs / 2;
  const double *took = c->p[0].took;
  return tt_stat_median(half, took + c->pairs - half)
         / tt_stat_median(half, took) - 1;
}

static void say_result(const Contest *c)
{
  const Player *p = c->p;
  int64_t n = c->h.n - c->h.open;
  say_interval("ratio", tt_bootstrap_ratio(c->pairs, p[1].took,
                        p[0].took, (BootstrapOptions){0}));
  say_interval("private", tt_share_interval(p[1].right[1], n));
  say("public", (double)p[1].right[0] / (double)c->h.open);
  say("reference", (double)p[0].right[1] / (double)n);
  say("microseconds", tt_stat_median(c->pairs, p[1].took) * 1e6
      * c->pairs / (double)c->h.n);
  say("peak", (double)p[1].peak);
  say("reference_peak", (double)p[0].peak);
  say("drift", drift(c));
  say_interval("recall", c->recall[1]);
  say("reordered", (double)c->differ);
}

static int conclude(const Contest *c)
{
  double n = (double)(c->h.n - c->h.open);
  double own = (double)c->p[1].right[1];
  double given = (double)c->p[0].right[1];
  if (own < 0.99 * given)
    return verdict("refused", "%.1f %% are right; asked for are 99 %%"
                   " of the reference's %.1f %%", 100 * own / n,
                   100 * given / n);
  if (c->differ > c->part / 50)
    return verdict("refused", "%lld of %lld answers change with the"
                   " order of the questions", (long long)c->differ,
                   (long long)c->part);
  if (c->recall[1].low > 1.25
      && c->recall[1].low > 1.1 * c->recall[0].high)
    return verdict("refused", "a picture seen before is answered %.1f"
                   " times as fast", c->recall[1].value);
  if (fabs(drift(c)) > 0.05 && !getenv("UNSTEADY"))
    return verdict("again", "the machine was not steady: the reference"
                   " changed by more than 5 %%");
  return verdict("ok", "-");
}

static bool greet(Player *p)       // it has loaded, and may rest
{
  bool good = warm_up(p);
  tt_contestant_pause(&p->c);
  return good;
}

static bool play_all(Contest *c)
{
  bool first = greet(&c->p[0]), second = greet(&c->p[1]);
  bool good = first && second && by_turns(c->p, &c->h, c->pairs);
  for (int k = 0; k < 2 && good; k++) {
    tt_contestant_resume(&c->p[k].c);
    c->recall[k] = recall(&c->p[k]);
    good = c->p[k].c.state == TT_ANSWERED;
  }
  for (int k = 0; k < 2; k++)
    c->p[k].peak = tt_contestant_end(&c->p[k].c);
  return good;
}

static int sprint(const char *hidden, const char *reference,
                  const char *entry, int pairs)
{
  Contest c = { .pairs = pairs, .p = { enter(reference, "reference"),
                                       enter(entry, "entry") } };
  c.h = load_hidden(hidden);       // when both have been started
  if (pairs < 2 || c.h.n / pairs >= MOST_BLOCK || c.h.n < pairs)
    tt_fail(TT_EVALUE, "judge: %d pairs of blocks for %lld pictures;"
            " a block has 1 to %d", pairs, (long long)c.h.n,
            MOST_BLOCK);
  bool good = play_all(&c);
  if (c.p[0].c.state != TT_ANSWERED)
    tt_fail(TT_EFILE, "judge: the reference: %s",
            tt_answer_state_text(c.p[0].c.state));
  if (!good)
    return verdict("refused", "question %lld: %s",
                   (long long)c.p[1].c.asked,
                   tt_answer_state_text(c.p[1].c.state));
  c.part = c.h.n / 10 + 1;
  c.differ = reordered(entry, &c.p[1], &c.h, c.part);
  say_result(&c);
  return conclude(&c);
}

typedef struct Run { double seconds, accuracy; } Run;
typedef struct Course { Batch fit, test; uint64_t seed; } Course;

static Course new_course(int64_t fit, int64_t test)
{
  Sign sign[TT_SIGNS];
  Generator g = secret_generator();
  tt_new_signs(sign, &g);
  return (Course){ tt_draw_signs(sign, fit, NULL),
                   tt_draw_signs(sign, test, NULL), tt_random(&g) };
}

// first: seconds for an answer that waits until a lesson is learned
static double exam(Contestant *c, Batch b, double first)
{
  int64_t n = b.x->shape[0], size = tt_numel(b.x) / n, right = 0;
  float score[TT_SIGNS];
  for (int64_t i = 0; i < n; i++) {
    if (!tt_ask(c, (uint8_t *)b.x->data + i * size, score,
                i ? STUDY : first))
      return (double)NAN;
    right += tt_answer_right(TT_SIGNS, score,
                             ((int32_t *)b.y->data)[i]);
  }
  return (double)right / (double)n;
}

// other signs first, untimed, so that all is loaded and warm
static Run run_course(const char *command, Course *c)
{
  TT_SCOPE;
  Contestant p = tt_contestant_start(command);
  Course dummy = new_course(20, 1);
  tt_teach(&p, dummy.fit, 0, STUDY);
  double good = exam(&p, dummy.test, STUDY), start = tt_machine_now();
  good += tt_teach(&p, c->fit, c->seed, STUDY);
  Run r = { .accuracy = isnan(good) ? good
                        : exam(&p, c->test, STUDY) };
  r.seconds = tt_machine_now() - start;
  tt_contestant_end(&p);
  return r;
}

// is the mean of n numbers larger than `than`, at p < 0.01?
static bool mean_exceeds(int n, const double *x, double than)
{
  static const double t[] = { HUGE_VAL, 31.821, 6.965, 4.541, 3.747,
                              3.365, 3.143, 2.998, 2.896, 2.821 };
  double mean = 0, squares = 0;
  for (int i = 0; i < n; i++)
    mean += x[i] / n;
  for (int i = 0; i < n; i++)
    squares += (x[i] - mean) * (x[i] - mean);
  double error = sqrt(squares / (n - 1) / n);
  return n <= 10 && mean - than > t[n - 1] * error;
}

static int marathon(const char *reference, const char *entry, int n,
                    double target)
{
  enum { MOST = 10 };
  double took[2][MOST], right[2][MOST];
  if (n < 2 || n > MOST)
    tt_fail(TT_EVALUE, "judge: %d seeds; 2 to %d", n, MOST);
  for (int i = 0; i < n; i++) {
    TT_SCOPE;
    Course c = new_course(1000, 500);
    for (int k = 0; k < 2; k++) {
      int who = (i + k) % 2;
      Run r = run_course(who ? entry : reference, &c);
      took[who][i] = r.seconds, right[who][i] = r.accuracy;
      if (isnan(r.accuracy) && !who)
        tt_fail(TT_EFILE, "judge: the reference does not answer");
      if (isnan(r.accuracy))
        return verdict("refused", "alphabet %d: no answer", i + 1);
    }
  }
  say_interval("ratio", tt_bootstrap_ratio(n, took[1], took[0],
                                           (BootstrapOptions){0}));
  say("accuracy", tt_stat_mean(n, right[1]));
  say("reference", tt_stat_mean(n, right[0]));
  say("seconds", tt_machine_median(took[1], n));
  return mean_exceeds(n, right[1], target) ? verdict("ok", "-")
    : verdict("refused", "%.1f %% are right on average: that the mean"
              " is above %.0f %% is not certain", 100
              * tt_stat_mean(n, right[1]), 100 * target);
}

static Batch pictures_of(const char *path)
{
  Hidden h = load_hidden(path);
  return (Batch){ h.x, h.y };
}

static int frugal(const char *fit, const char *test, const char *entry,
                  double target)
{
  Contestant p = tt_contestant_start(entry);
  Batch lesson = pictures_of(fit), unseen = pictures_of(test);
  p.channels = (int)lesson.x->shape[1];
  p.side = (int)lesson.x->shape[2];
  bool good = tt_teach(&p, lesson, 1, STUDY);
  double right = good ? exam(&p, unseen, DAY) : (double)NAN;
  double seconds = tt_contestant_seconds(&p);
  double bytes = (double)tt_contestant_end(&p);
  if (isnan(right))
    return verdict("refused", "%s", tt_answer_state_text(p.state));
  int64_t n = unseen.x->shape[0];
  say_interval("right", tt_share_interval(
    (int64_t)(right * (double)n + 0.5), n));
  say("seconds", seconds), say("peak", bytes);
  say("score", seconds * bytes / 1e9);
  return right >= target ? verdict("ok", "-")
    : verdict("refused", "%.1f %% are right; asked for are %.1f %%",
              100 * right, 100 * target);
}

static int engine(const char *path, const char *entry, double most)
{
  Contestant p = tt_contestant_start(entry);
  Tensor *text = tt_read_bytes(path);
  const uint8_t *byte = text->data;
  int64_t n = tt_numel(text);
  double loss = 0, start = 0;
  float score[TT_BYTES];
  for (int64_t i = 0; i + 1 < n; i++) {
    if (!tt_ask_next(&p, byte[i], score, i ? LIMIT : FIRST))
      return verdict("refused", "byte %lld: %s", (long long)i,
                     tt_answer_state_text(p.state));
    start = i ? start : tt_machine_now();   // when it is loaded
    loss += tt_byte_loss(score, byte[i + 1]) / (double)(n - 1);
  }
  say("loss", loss);
  say("rate", (double)(n - 2) / (tt_machine_now() - start));
  say("seconds", tt_contestant_seconds(&p));
  say("peak", (double)tt_contestant_end(&p));
  return loss <= most ? verdict("ok", "-")
    : verdict("refused", "%.3f bits a byte; at most %.3f", loss, most);
}

// CIFAR-10, or, where it is not, an alphabet
static int draw_project(const char *fit, const char *test)
{
  char path[4096], name[64];
  Tensor *x[5], *y[5];
  for (int i = 0; i < 6; i++) {
    snprintf(name, sizeof name, i < 5
             ? "cifar-10-batches-bin/data_batch_%d.bin"
             : "cifar-10-batches-bin/test_batch.bin", i + 1);
    if (!tt_data_find(name, path)) {
      Course c = new_course(2000, 500);
      save_pictures(fit, c.fit), save_pictures(test, c.test);
      return puts("signs") < 0;
    }
    Batch b = tt_load_cifar(path, 10);
    if (i < 5)
      x[i] = b.x, y[i] = b.y;
    else
      save_pictures(test, b);
  }
  save_pictures(fit, (Batch){ tt_cat(5, x, 0), tt_cat(5, y, 0) });
  return puts("CIFAR-10") < 0;
}

// lines of a name, accuracy, ratio, low, high, bytes, peak (the last
// two against the reference): with rank, front and volume behind
static int rank_table(double reference)
{
  enum { MOST = 1000 };
  static ParetoPoint p[MOST];
  static Interval ratio[MOST];
  static int rank[MOST], front[MOST];
  int n = 0;
  while (n < MOST && scanf("%103s %lf %lf %lf %lf %lf %lf", p[n].name,
         &p[n].accuracy, &ratio[n].value, &ratio[n].low,
         &ratio[n].high, &p[n].bytes, &p[n].peak) == 7)
    p[n].seconds = ratio[n].value, n++;
  tt_ranks(n, ratio, rank);
  tt_fronts(n, p, front);
  for (int i = 0; i < n; i++)
    printf("%s\t%d\t%d\t%.4f\n", p[i].name, rank[i], front[i],
           tt_volume(&p[i], reference));
  return EXIT_SUCCESS;
}

static int seal_line(const char *ledger, const char *text)
{
  char seal[TT_SEAL];
  tt_ledger_append(ledger, text, seal);
  return puts(seal) < 0;
}

static int check_ledger(const char *path)
{
  Tensor *b = tt_read_bytes(path);
  char *text = zeros(tt_numel(b) + 1, 1);
  memcpy(text, b->data, (size_t)tt_numel(b));
  int64_t bad = tt_ledger_check(text);
  if (!bad && (int64_t)strlen(text) < tt_numel(b))
    bad = -1;                      // a byte is 0, and more behind
  free(text);
  if (bad)
    printf("%s:%lld: its seal does not fit\n", path, (long long)bad);
  return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int say_entry(const char *path)
{
  CompetitionSubmission s = tt_submission_read(path);
  printf("team\t%s\nentry\t%s\ncategory\t%s\ndivision\t%s\n", s.team,
         s.entry, tt_category_name(s.category),
         s.open ? "open" : "closed");
  say("claimed_accuracy", s.accuracy), say("claimed_ratio", s.ratio);
  say("claimed_bytes", s.bytes);
  return printf("techniques\t%s\n", s.techniques) < 0;
}

static void pin(void)              // to the last core there is
{
  cpu_set_t all, one;
  if (sched_getaffinity(0, sizeof all, &all) != 0)
    return;
  CPU_ZERO(&one);
  for (int i = CPU_SETSIZE - 1; i >= 0; i--)
    if (CPU_ISSET(i, &all)) {
      CPU_SET(i, &one);
      break;
    }
  sched_setaffinity(0, sizeof one, &one);
}

static int usage(void)
{
  fprintf(stderr, "judge draw N HIDDEN\n"
          "judge sprint HIDDEN REFERENCE ENTRY PAIRS\n"
          "judge marathon REFERENCE ENTRY SEEDS TARGET\n"
          "judge project FIT TEST\n"
          "judge frugal FIT TEST ENTRY TARGET\n"
          "judge engine TEXT ENTRY BITS\n"
          "judge entry ENTRY.TSV\njudge rank REFERENCE < TABLE\n"
          "judge seal LEDGER TEXT\njudge check LEDGER\n");
  return 2;
}

int main(int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";
  signal(SIGPIPE, SIG_IGN);
  if (strcmp(what, "draw") == 0 && argc == 4)
    return draw(atoll(argv[2]), argv[3]);
  if (strcmp(what, "entry") == 0 && argc == 3)
    return say_entry(argv[2]);
  if (strcmp(what, "rank") == 0)
    return rank_table(argc > 2 ? atof(argv[2]) : 1);
  if (strcmp(what, "seal") == 0 && argc == 4)
    return seal_line(argv[2], argv[3]);
  if (strcmp(what, "check") == 0 && argc == 3)
    return check_ledger(argv[2]);
  pin();
  if (strcmp(what, "sprint") == 0 && argc == 6)
    return sprint(argv[2], argv[3], argv[4], atoi(argv[5]));
  if (strcmp(what, "project") == 0 && argc == 4)
    return draw_project(argv[2], argv[3]);
  if (strcmp(what, "frugal") == 0 && argc == 6)
    return frugal(argv[2], argv[3], argv[4], atof(argv[5]));
  if (strcmp(what, "engine") == 0 && argc == 5)
    return engine(argv[2], argv[3], atof(argv[4]));
  if (strcmp(what, "marathon") == 0 && argc == 6)
    return marathon(argv[2], argv[3], atoi(argv[4]), atof(argv[5]));
  return usage();
}
