// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// The competition: a scorer that trusts nobody.
#define _GNU_SOURCE
#include "tt/olympics.h"
#include "tt/error.h"
#include "tt/machine.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t seed_from(Generator *g)
{
  uint64_t seed;
  if (g)
    return tt_random(g);
  if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
    tt_fail(TT_EFILE, "getrandom: %s", strerror(errno));
  return seed;
}

Batch tt_draw_signs(const Sign sign[TT_SIGNS], int64_t n, Generator *g)
{
  if (n < 1)
    tt_fail(TT_EVALUE, "tt_draw_signs: %lld pictures; one or more",
            (long long)n);
  Generator own;
  tt_manual_seed(&own, seed_from(g));
  Tensor *order = tt_randperm(n, &own);
  Tensor *x = tt_empty(TT_U8, TT_SHAPE(n, 1, TT_SIGN_SIDE,
                                       TT_SIGN_SIDE));
  for (int64_t i = 0; i < n; i++) {
    int32_t *label = (int32_t *)order->data + i;
    *label %= TT_SIGNS;
    tt_manual_seed(&own, seed_from(g));
    tt_draw_sign(&sign[*label], &own,
                 (uint8_t *)x->data + i * TT_SIGN_PIXELS);
  }
  return (Batch){ x, order };
}

Contestant tt_contestant_start(const char *command)
{
  int to[2], from[2];
  pid_t pid = -1;
  if (pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0)
    pid = fork();
  if (pid < 0)
    tt_fail(TT_EFILE, "tt_contestant_start: %s: %s", command,
            strerror(errno));
  if (pid == 0) {
    int null = open("/dev/null", O_WRONLY);
    dup2(to[0], 0), dup2(from[1], 1), dup2(null, 2);
    close_range(3, ~0u, 0);        // all others
    execl(command, command, (char *)NULL);
    _exit(127);
  }
  close(to[0]), close(from[1]);
  fcntl(to[1], F_SETFL, O_NONBLOCK);
  return (Contestant){ .pid = pid, .to = to[1], .from = from[0],
                       .channels = 1, .side = TT_SIGN_SIDE };
}

static AnswerState send_until(int fd, const void *data, size_t n,
                              double until)
{
  const char *at = data;
  while (n > 0) {
    ssize_t put = write(fd, at, n);
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    double left = 1000 * (until - tt_machine_now());
    if (put > 0)
      at += put, n -= (size_t)put;
    else if (put < 0 && errno != EAGAIN && errno != EINTR)
      return TT_GONE;
    else if (left <= 0 || poll(&p, 1, (int)ceil(left)) == 0)
      return TT_LATE;
  }
  return TT_ANSWERED;
}

const char *tt_answer_state_text(AnswerState s)
{
  static const char *const text[] = {
    "answered", "no answer in time", "it ended, or closed its pipe",
    "an answer to another question" };
  return s <= TT_UNASKED ? text[s] : "?";
}

AnswerState tt_read_until(int fd, void *to, size_t n, double until)
{
  char *at = to;
  while (n > 0) {
    double left = 1000 * (until - tt_machine_now());
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int ready = left > 0 ? poll(&p, 1, (int)ceil(left)) : 0;
    if (ready == 0)
      return TT_LATE;
    ssize_t got = ready > 0 ? read(fd, at, n) : -1;
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return TT_GONE;
    at += got, n -= (size_t)got;
  }
  return TT_ANSWERED;
}

static Request request(Contestant *c, RequestKind kind, uint64_t seed)
{
  c->asked++;
  return (Request){ kind, 1, seed_from(NULL), seed,
                    (uint32_t)c->channels, (uint32_t)c->side };
}

bool tt_ask(Contestant *c, const uint8_t *pixel,
            float score[TT_SIGNS], double limit)
{
  struct { Request r; uint8_t pixel[TT_MOST_PIXELS]; } q;
  SignAnswer a;
  size_t n = (size_t)(c->channels * c->side * c->side);
  double until = tt_machine_now() + limit;
  q.r = request(c, TT_ASK, 0);
  memcpy(q.pixel, pixel, n);
  c->state = send_until(c->to, &q, sizeof q.r + n, until);
  if (c->state == TT_ANSWERED)
    c->state = tt_read_until(c->from, &a, sizeof a, until);
  if (c->state == TT_ANSWERED && a.ticket != q.r.ticket)
    c->state = TT_UNASKED;
  if (c->state == TT_ANSWERED)
    memcpy(score, a.score, sizeof a.score);
  return c->state == TT_ANSWERED;
}

bool tt_ask_next(Contestant *c, int byte, float score[TT_BYTES],
                 double limit)
{
  NextAnswer a;
  double until = tt_machine_now() + limit;
  Request r = request(c, TT_NEXT, (uint64_t)byte);
  c->state = send_until(c->to, &r, sizeof r, until);
  if (c->state == TT_ANSWERED)
    c->state = tt_read_until(c->from, &a, sizeof a, until);
  if (c->state == TT_ANSWERED && a.ticket != r.ticket)
    c->state = TT_UNASKED;
  if (c->state == TT_ANSWERED)
    memcpy(score, a.score, sizeof a.score);
  return c->state == TT_ANSWERED;
}

bool tt_teach(Contestant *c, Batch b, uint64_t seed, double limit)
{
  TT_SCOPE;
  double until = tt_machine_now() + limit;
  size_t n = (size_t)b.x->shape[0];
  Request r = request(c, TT_TEACH, seed);
  r.n = (uint32_t)n;
  Tensor *label = tt_to(b.y, TT_U8);
  c->state = send_until(c->to, &r, sizeof r, until);
  if (c->state == TT_ANSWERED)
    c->state = send_until(c->to, b.x->data, (size_t)tt_numel(b.x),
                          until);
  if (c->state == TT_ANSWERED)
    c->state = send_until(c->to, label->data, n, until);
  return c->state == TT_ANSWERED;
}

static pid_t last_child(pid_t p)   // box, bwrap, and what they run
{
  char path[64];
  for (int child = p; child > 0;) {
    p = child, child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", p, p);
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%d", &child) != 1)
      child = 0;
    if (f)
      fclose(f);
  }
  return p;
}

double tt_contestant_seconds(const Contestant *c)
{
  char path[64];
  double user = 0, kernel = 0;
  snprintf(path, sizeof path, "/proc/%d/stat", last_child(c->pid));
  FILE *f = fopen(path, "r");
  if (f && fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u"
                  " %*u %*u %*u %lf %lf", &user, &kernel) != 2)
    user = kernel = 0;
  if (f)
    fclose(f);
  return (user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

void tt_contestant_pause(Contestant *c)
{
  kill(last_child(c->pid), SIGSTOP);
}

void tt_contestant_resume(Contestant *c)
{
  kill(last_child(c->pid), SIGCONT);
}

static int64_t most_memory(pid_t p)
{
  char path[64], line[128];
  long long kib = 0;
  snprintf(path, sizeof path, "/proc/%d/status", p);
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f))
    if (sscanf(line, "VmHWM: %lld", &kib) == 1)
      break;
  if (f)
    fclose(f);
  return kib * 1024;
}

int64_t tt_contestant_end(Contestant *c)
{
  pid_t p = last_child(c->pid);
  int64_t most = most_memory(p);
  kill(p, SIGCONT);
  close(c->to), close(c->from);
  for (int i = 0; i < 100 && waitpid(c->pid, NULL, WNOHANG) == 0; i++)
    i == 50 ? kill(p, SIGKILL) : usleep(10000);
  if (kill(c->pid, 0) == 0 && waitpid(c->pid, NULL, WNOHANG) == 0)
    kill(c->pid, SIGKILL), waitpid(c->pid, NULL, 0);
  return most;
}

bool tt_answer_right(int n, const float *score, int label)
{
  for (int i = 0; i < n; i++)
    if (!isfinite(score[i])
        || (i != label && !(score[label] > score[i])))
      return false;
  return true;
}

Interval tt_share_interval(int64_t right, int64_t n)
{
  if (n < 1 || right < 0 || right > n)
    tt_fail(TT_EVALUE, "tt_share_interval: %lld of %lld; 0 to n of 1"
            " or more can be right", (long long)right, (long long)n);
  double z = 1.959964, p = (double)right / (double)n;
  double zz = z * z / (double)n, middle = (p + zz / 2) / (1 + zz);
  double half = z * sqrt(p * (1 - p) / (double)n
                         + zz / 4 / (double)n) / (1 + zz);
  return (Interval){ p, middle - half, middle + half };
}

void tt_ranks(int n, const Interval *ratio, int *rank)
{
  for (int i = 0; i < n; i++) {
    rank[i] = !isnan(ratio[i].low) && !isnan(ratio[i].high);
    for (int k = 0; k < n && rank[i] > 0; k++)
      rank[i] += !isnan(ratio[k].low) && ratio[k].high < ratio[i].low;
  }
}

void tt_fronts(int n, const ParetoPoint *p, int *front)
{
  for (int i = 0; i < n; i++)
    front[i] = isnan(p[i].accuracy + p[i].seconds + p[i].bytes
                     + p[i].peak) ? 0 : INT_MAX;
  for (int f = 1, left = n; left > 0; f++) {
    left = 0;
    for (int i = 0; i < n; i++) {
      if (front[i] < f)
        continue;
      front[i] = f;
      for (int k = 0; k < n && front[i] == f; k++)
        if (front[k] >= f && tt_dominates(&p[k], &p[i]))
          front[i] = f + 1, left++;
    }
  }
}

double tt_volume(const ParetoPoint *p, double reference)
{
  double errors = (1 - p->accuracy) / fmax(1 - reference, 1e-3);
  double side[] = { errors, p->seconds, p->bytes, p->peak };
  double volume = 1;
  for (int i = 0; i < 4; i++)
    volume *= side[i] < 2 ? 1 - side[i] / 2 : 0;
  return volume;
}

double tt_byte_loss(const float score[TT_BYTES], int byte)
{
  double most = -(double)INFINITY, sum = 0;
  for (int i = 0; i < TT_BYTES; i++) {
    if (isnan(score[i]) || score[i] > FLT_MAX)
      return (double)INFINITY;
    most = fmax(most, (double)score[i]);
  }
  for (int i = 0; i < TT_BYTES; i++)
    sum += exp((double)score[i] - most);
  double loss = log(sum) - ((double)score[byte] - most);
  return isnan(loss) ? (double)INFINITY : loss / log(2);
}

static const char *const categories[] = {
  "sprint", "feather", "marathon", "all-round", "invention" };

const char *tt_category_name(Category c)
{
  return c < TT_CATEGORIES ? categories[c] : "?";
}

static bool a_name(const char *v)
{
  size_t n = strspn(v, "abcdefghijklmnopqrstuvwxyz0123456789-_"
                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  return n > 0 && n <= 32 && v[n] == '\0';
}

static bool a_number(const char *v, double *to)
{
  char *end;
  *to = strtod(v, &end);
  return end != v && *end == '\0' && isfinite(*to) && *to >= 0;
}

static bool a_category(const char *v, Category *to)
{
  for (*to = 0; *to < TT_CATEGORIES; (*to)++)
    if (strcmp(v, categories[*to]) == 0)
      return true;
  return false;
}

static const char *take_line(CompetitionSubmission *s, const char *key,
                             const char *v)
{
  bool open = strcmp(v, "open") == 0;
  if (strcmp(key, "team") == 0 || strcmp(key, "entry") == 0)
    return a_name(v) ? strcpy(*key == 't' ? s->team : s->entry, v), NULL
      : "up to 32 letters, digits, - and _";
  if (strcmp(key, "category") == 0)
    return a_category(v, &s->category) ? NULL
      : "sprint, feather, marathon, all-round or invention";
  if (strcmp(key, "division") == 0)
    return s->open = open, open || strcmp(v, "closed") == 0 ? NULL
      : "open or closed";
  if (strcmp(key, "techniques") == 0)
    return snprintf(s->techniques, sizeof s->techniques, "%s", v), NULL;
  double *claim = strcmp(key, "accuracy") == 0 ? &s->accuracy
    : strcmp(key, "ratio") == 0 ? &s->ratio
    : strcmp(key, "bytes") == 0 ? &s->bytes : NULL;
  if (claim == &s->accuracy)
    return a_number(v, claim) && *claim <= 1 ? NULL
      : "a share, 0 to 1";
  if (claim)
    return a_number(v, claim) ? NULL : "a number, 0 or more";
  return "team, entry, category, division, techniques, accuracy, ratio"
         " or bytes before the tab";
}

CompetitionSubmission tt_submission_read(const char *path)
{
  CompetitionSubmission s = { .category = TT_CATEGORIES,
    .accuracy = (double)NAN, .ratio = (double)NAN,
    .bytes = (double)NAN };
  char line[512];
  FILE *f = fopen(path, "r");
  if (!f)
    tt_fail(TT_EFILE, "tt_submission_read: %s: %s", path,
            strerror(errno));
  for (int number = 1; fgets(line, sizeof line, f); number++) {
    line[strcspn(line, "\n")] = '\0';
    char *tab = strchr(line, '\t');
    const char *rule = "a key, a tab and a value";
    if (tab)
      *tab = '\0', rule = take_line(&s, line, tab + 1);
    if (rule && line[0]) {
      fclose(f);
      tt_fail(TT_EFORMAT, "%s:%d: `%.40s`; there may be %s", path,
              number, line, rule);
    }
  }
  fclose(f);
  if (!s.team[0] || !s.entry[0] || s.category == TT_CATEGORIES)
    tt_fail(TT_EFORMAT, "%s: team, entry or category is missing", path);
  return s;
}
