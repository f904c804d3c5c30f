// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// tt-serve: models behind HTTP, on libmicrohttpd. One thread talks to
// clients, one runs batches, one writes texts, one loads and trains,
// and one looks at the clock.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "serving.h"

static struct {
  const char *address, *digits, *gpt, *tokenizer, *labels, *page;
  double port, connections, deadline, writing, drain;
  double batch, budget, room, patience;
  double window, run_length, need;
} set = {
  .address = "127.0.0.1", .digits = "build/serve/digits.safetensors",
  .labels = "build/serve/labels", .page = "demos/serve/page.html",
  .port = 8080, .connections = 4096, .deadline = 10, .writing = 60,
  .drain = 10, .batch = 64, .budget = 0.0005, .room = 512,
  .patience = 1, .window = 250, .run_length = 1e6, .need = 500,
};

typedef struct Flag {
  const char *name, *what, **text;
  double *number;
} Flag;
#define NUMBER(field, what) { #field, what, NULL, &set.field }
#define TEXT(field, what) { #field, what, &set.field, NULL }
static const Flag flag[] = {
  NUMBER(port, "to listen at; 0: any, which is printed"),
  TEXT(address, "of this machine; 0.0.0.0: all of them"),
  TEXT(digits, "weights that read digits; trained if missing"),
  TEXT(gpt, "a Gpt that writes, or none"),
  TEXT(tokenizer, "for it"),
  TEXT(labels, "the journal of labels"),
  TEXT(page, "what / shows"),
  NUMBER(connections, "at most so many"),
  NUMBER(deadline, "seconds for a client to send or to take all"),
  NUMBER(writing, "seconds for a text"),
  NUMBER(drain, "seconds to end what has begun"),
  NUMBER(batch, "requests in a batch"),
  NUMBER(budget, "seconds that a batch waits for them"),
  NUMBER(room, "requests that may wait"),
  NUMBER(patience, "seconds until an answer is too late"),
  NUMBER(window, "examples in a test for drift"),
  NUMBER(run_length, "examples from one false alarm to the next"),
  NUMBER(need, "labels to train on, two windows at least"),
};
static _Noreturn void usage(int status)
{
  FILE *f = status ? stderr : stdout;
  fprintf(f, "usage: tt-serve [--flag value]...\n");
  for (size_t i = 0; i < sizeof flag / sizeof *flag; i++)
    fprintf(f, "  --%-12s%s\n", flag[i].name, flag[i].what);
  exit(status);
}

static void read_flags(int argc, char **argv)
{
  for (int i = 1; i < argc; i += 2) {
    const Flag *f = flag, *end = flag + sizeof flag / sizeof *flag;
    while (f < end && (strncmp(argv[i], "--", 2) != 0
                       || strcmp(argv[i] + 2, f->name) != 0))
      f++;
    if (f == end || i + 1 == argc)
      usage(strcmp(argv[i], "--help") ? 2 : 0);
    char *rest = "";
    if (f->text)
      *f->text = argv[i + 1];
    else
      *f->number = strtod(argv[i + 1], &rest);
    if (*rest || (f->number && !(*f->number >= 0
                                 && *f->number <= 1e9)))
      usage(2);
  }
}

enum { BODY = 16 * 1024 };         // bytes of a request, at most
typedef enum {
  PAGE, HEALTH, METRICS, PREDICT, LABEL, GENERATE, ELSEWHERE, ROUTES
} Route;
static const struct { const char *method, *url; } route[] = {
  { "GET", "/" }, { "GET", "/health" }, { "GET", "/metrics" },
  { "POST", "/predict" }, { "POST", "/label" },
  { "POST", "/generate" }, { "GET", "elsewhere" },
};

typedef struct Client {
  struct Client *next, **here;
  int     fd;
  double  deadline;                // then it is cut off
  struct Exchange *waiting;        // for a batch
  struct Writing  *writing;        // its text
} Client;
typedef enum { READING, WAITING, GONE } Stage;
typedef struct Exchange {
  Ticket  ticket;
  struct MHD_Connection *connection;
  Client *client;
  Route   route;
  bool    wrong_method, too_long;
  _Atomic Stage stage;
  double  began;
  char   *body;
  size_t  length, size;            // of the body; of its memory
  Real    x[PIXELS], y;
  int32_t class;
  double  p;
  int64_t version;                 // that answered
  int     retry;                   // seconds, if it was refused
  TicketEnd end;
} Exchange;

static atomic_bool draining;
static atomic_int  in_flight, open_clients, suspended;
static Batcher   *batcher;
static ModelSlot *digits, *monitors;
static const int code[] = { 200, 400, 404, 405, 413, 500, 503 };
enum { CODES = sizeof code / sizeof *code, BINS = 10 };
static const double border[BINS] = {
  0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1e9
};
static atomic_llong answers[ROUTES][CODES], latency[BINS];
static atomic_llong microseconds, left, cut, loads, bad_loads,
  rollbacks, trainings, alarms, labels_kept, tokens;
static _Atomic double last_p = 1, threshold;

static void count(Route r, int status, double seconds)
{
  int i = 0, b = 0;
  while (i < CODES - 1 && code[i] != status)
    i++;
  answers[r][i]++;
  if (r != PREDICT || status != 200)
    return;
  while (seconds > border[b])
    b++;
  latency[b]++;
  microseconds += (long long)(seconds * 1e6);
}

static void metric(FILE *f, const char *name, const char *type,
                   double value)
{
  fprintf(f, "# TYPE tt_%s %s\ntt_%s %.10g\n", name, type, name, value);
}

static void print_latency(FILE *f)
{
  long long n = 0;
  fprintf(f, "# TYPE tt_predict_seconds histogram\n");
  for (int b = 0; b < BINS; b++) {
    char text[16];
    snprintf(text, sizeof text, "%g", border[b]);
    fprintf(f, "tt_predict_seconds_bucket{le=\"%s\"} %lld\n",
            b == BINS - 1 ? "+Inf" : text, n += latency[b]);
  }
  fprintf(f, "tt_predict_seconds_sum %g\ntt_predict_seconds_count"
          " %lld\n", (double)microseconds * 1e-6, n);
}

static void print_counters(FILE *f)
{
  BatcherStats s = tt_batcher_stats(batcher);
  metric(f, "queue", "gauge", s.waiting);
  metric(f, "batches_total", "counter", (double)s.batches);
  metric(f, "batched_total", "counter", (double)s.answered);
  metric(f, "late_total", "counter", (double)s.late);
  metric(f, "refused_total", "counter", (double)s.refused);
  metric(f, "cancelled_total", "counter", (double)s.cancelled);
  metric(f, "clients", "gauge", open_clients);
  metric(f, "in_flight", "gauge", in_flight);
  metric(f, "clients_left_total", "counter", (double)left);
  metric(f, "clients_cut_total", "counter", (double)cut);
  metric(f, "loads_total", "counter", (double)loads);
  metric(f, "bad_loads_total", "counter", (double)bad_loads);
  metric(f, "trainings_total", "counter", (double)trainings);
  metric(f, "rollbacks_total", "counter", (double)rollbacks);
  metric(f, "labels_total", "counter", (double)labels_kept);
  metric(f, "tokens_total", "counter", (double)tokens);
  metric(f, "drift_alarms_total", "counter", (double)alarms);
  metric(f, "drift_p", "gauge", last_p);
  metric(f, "drift_threshold", "gauge", threshold);
}

static void print_metrics(FILE *f)
{
  fprintf(f, "# TYPE tt_requests_total counter\n");
  for (int r = 0; r < ROUTES; r++)
    for (int i = 0; i < CODES; i++)
      if (answers[r][i])
        fprintf(f, "tt_requests_total{route=\"%s\",code=\"%d\"} %lld\n",
                route[r].url, code[i], (long long)answers[r][i]);
  print_latency(f);
  print_counters(f);
  ModelVersion *v = tt_slot_use(digits);
  metric(f, "model_version", "gauge", (double)v->number);
  tt_slot_return(digits, v);
}

static enum MHD_Result send_answer(Exchange *e, int status,
                                   const char *type, int retry,
                                   struct MHD_Response *r)
{
  char seconds[12];
  if (!r)
    return MHD_NO;
  MHD_add_response_header(r, "Content-Type", type);
  if (retry) {
    snprintf(seconds, sizeof seconds, "%d", retry);
    MHD_add_response_header(r, "Retry-After", seconds);
  }
  if (status == 405)
    MHD_add_response_header(r, "Allow", route[e->route].method);
  if (draining)
    MHD_add_response_header(r, "Connection", "close");
  count(e->route, status, tt_machine_now() - e->began);
  enum MHD_Result ok = MHD_queue_response(e->connection,
                                          (unsigned)status, r);
  MHD_destroy_response(r);
  return ok;
}

static enum MHD_Result say(Exchange *e, int status, int retry,
                           const char *type, const char *text)
{
  return send_answer(e, status, type, retry,
    MHD_create_response_from_buffer(strlen(text), (void *)(size_t)text,
                                    MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result refuse(Exchange *e, int status, int retry,
                              const char *why)
{
  char text[512], clean[256];
  size_t n = 0;
  for (; why[n] && n < sizeof clean - 1; n++)
    clean[n] = why[n] == '"' || why[n] == '\\' || why[n] < 32
      ? '\'' : why[n];
  clean[n] = 0;
  snprintf(text, sizeof text, "{\"error\":\"%s\"}\n", clean);
  return say(e, status, retry, "application/json", text);
}

static pthread_mutex_t clients_lock = PTHREAD_MUTEX_INITIALIZER;
static Client *clients;
static atomic_bool stop_clock;

static void set_deadline(Client *c, double seconds)
{
  pthread_mutex_lock(&clients_lock);
  c->deadline = tt_machine_now() + seconds;
  pthread_mutex_unlock(&clients_lock);
}

static Client *new_client(struct MHD_Connection *connection)
{
  Client *c = calloc(1, sizeof *c);
  if (!c)
    return NULL;
  c->fd = MHD_get_connection_info(connection,
            MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  pthread_mutex_lock(&clients_lock);
  c->deadline = tt_machine_now() + set.deadline;
  c->next = clients, c->here = &clients;
  if (clients)
    clients->here = &c->next;
  clients = c;
  pthread_mutex_unlock(&clients_lock);
  open_clients++;
  return c;
}

static void free_client(Client *c)
{
  pthread_mutex_lock(&clients_lock);
  *c->here = c->next;
  if (c->next)
    c->next->here = c->here;
  pthread_mutex_unlock(&clients_lock);
  open_clients--;
  free(c);
}

static void connection_changes(void *arg, struct MHD_Connection *c,
                               void **context,
                               enum MHD_ConnectionNotificationCode what)
{
  (void)arg;
  if (what == MHD_CONNECTION_NOTIFY_STARTED)
    *context = new_client(c);
  else if (*context)
    free_client(*context);
}

static bool hung_up(int fd)
{
  struct pollfd p = { .fd = fd, .events = POLLRDHUP };
  return poll(&p, 1, 0) > 0
    && p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

static void resume(Exchange *e)
{
  MHD_resume_connection(e->connection);
  suspended--;
}

static void end_writing(struct Writing *w);

static void look_at(Client *c, double now)     // clients_lock is held
{
  Exchange *e = c->waiting;
  if (now > c->deadline) {
    shutdown(c->fd, SHUT_RDWR);
    c->deadline = 1e300;
    cut++;
  }
  if ((!e && !c->writing) || !hung_up(c->fd))
    return;
  if (c->writing)
    end_writing(c->writing);
  if (e && tt_batcher_cancel(batcher, &e->ticket)) {
    e->stage = GONE;
    c->waiting = NULL;
    resume(e);
  }
}

static void *clock_thread(void *arg)
{
  while (!stop_clock) {
    usleep(100000);
    pthread_mutex_lock(&clients_lock);
    double now = tt_machine_now();
    for (Client *c = clients; c; c = c->next)
      look_at(c, now);
    pthread_mutex_unlock(&clients_lock);
  }
  return arg;
}

typedef struct Record {
  Real     x[PIXELS];
  int32_t  y, spare;
  uint64_t sum;
} Record;
enum { KEPT = 4096 };              // of the newest, in memory

typedef struct Orders {            // what the keeper is to do
  bool alarm, reload, back, stop, label;
  Record record;                   // of the label
} Orders;

static struct {
  pthread_mutex_t lock;            // of all below
  pthread_cond_t  news;
  Record  ring[KEPT];
  int64_t n, from, size;           // came, since the start; bytes
  int     fd;
  Orders  orders;
} keeper = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
             .fd = -1 };

static uint64_t checksum(const Record *r)
{
  return tt_checksum(TT_CHECKSUM, r, offsetof(Record, sum));
}

static void open_journal(void)
{
  Record r;
  keeper.fd = open(set.labels, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
                   0600);
  if (keeper.fd < 0)
    tt_fail(TT_EFILE, "%s: %s", set.labels, strerror(errno));
  while (read(keeper.fd, &r, sizeof r) == sizeof r
         && r.sum == checksum(&r))
    keeper.ring[keeper.n++ % KEPT] = r;
  keeper.size = keeper.n * (int64_t)sizeof r;
  if (lseek(keeper.fd, 0, SEEK_END) - keeper.size > (off_t)sizeof r)
    tt_fail(TT_EFORMAT, "%s: label %lld is damaged, or this is no"
            " journal; move it away", set.labels,
            (long long)keeper.n + 1);
  if (ftruncate(keeper.fd, keeper.size) != 0)
    tt_fail(TT_EFILE, "%s: %s", set.labels, strerror(errno));
  keeper.from = keeper.n;
  labels_kept = keeper.n;
}

static bool keep_label(Record *r)  // false: nothing was promised
{
  r->spare = 0, r->sum = checksum(r);
  pthread_mutex_lock(&keeper.lock);
  bool ok = write(keeper.fd, r, sizeof *r) == sizeof *r;
  if (ok) {
    keeper.ring[keeper.n++ % KEPT] = *r;
    keeper.size += (int64_t)sizeof *r;
    labels_kept++;
    pthread_cond_signal(&keeper.news);
  } else if (ftruncate(keeper.fd, keeper.size) != 0)
    perror(set.labels);
  pthread_mutex_unlock(&keeper.lock);
  return ok;
}

static Shots known;                // digits held out, with answers

static double accuracy_of(void *net)
{
  TT_SCOPE;
  const int32_t *class = classes_of(net, known.x)->data;
  double right = 0;
  for (int64_t i = 0; i < known.x->shape[0]; i++)
    right += class[i] == ((int32_t *)known.y->data)[i];
  return right / (double)known.x->shape[0];
}

static void *load_digits(void *arg)
{
  TT_SCOPE;
  const char *path = arg;
  void *net = reader_of_digits(1);
  tt_load_model(path, net);
  double right = accuracy_of(net);
  if (!(right > 0.3))
    tt_fail(TT_EVALUE, "%s: only %.0f of 100 known digits are right",
            path, 100 * right);
  return tt_module_keep(net);
}

static ModelVersion *before;       // in probation, and the keeper's

static void tell(const char *what, bool ok, const char *why)
{
  ModelVersion *v = tt_slot_use(digits);
  printf("%s: %s; version %lld serves\n", what, ok ? "done" : why,
         v ? (long long)v->number : 0LL);
  if (v)
    tt_slot_return(digits, v);
}

static bool load(const char *what, void *(*f)(void *), void *arg)
{
  TensorError e = { .message = "" };
  ModelVersion *old = tt_slot_use(digits);
  bool ok = tt_slot_load(digits, f, arg, &e);
  ModelVersion *done = ok ? before : old;
  *(ok ? &loads : &bad_loads) += 1;
  if (done)
    tt_slot_return(digits, done);
  if (ok)
    before = old;
  tell(what, ok, e.message);
  return ok;
}

static Shots newest_labels(int64_t n)
{
  Shots s = { tt_empty(TT_F32, TT_SHAPE(n, PIXELS)),
              tt_empty(TT_I32, TT_SHAPE(n)) };
  pthread_mutex_lock(&keeper.lock);
  for (int64_t i = 0; i < n; i++) {
    const Record *r = &keeper.ring[(keeper.n - n + i) % KEPT];
    memcpy((Real *)s.x->data + i * PIXELS, r->x, sizeof r->x);
    ((int32_t *)s.y->data)[i] = r->y;
  }
  pthread_mutex_unlock(&keeper.lock);
  return s;
}

static void *watch_inputs(void *arg)     // these, or the newest labels
{
  Shots s = arg ? *(Shots *)arg : newest_labels((int64_t)set.need);
  ModelVersion *v = tt_slot_use(digits);
  Tensor *class = classes_of(v->model, s.x);
  tt_slot_return(digits, v);
  DriftOptions o = { .window = (int64_t)set.window,
    .run_length = set.run_length, .classes = CLASSES };
  o.shuffles = (int64_t)(2 * set.run_length / set.window) + 1999;
  DriftMonitor *m = tt_drift_new(s.x, class, o);
  threshold = m->report.threshold;
  return m;
}

static RetrainTrigger trigger = { .probation = 300, .level = 0.01 };

static const char *file_before(void)   // what a training replaced
{
  static char path[4096];
  snprintf(path, sizeof path, "%s.before", set.digits);
  return path;
}

static void save_candidate(void *net)
{
  const char *old = file_before();
  unlink(old);
  if (link(set.digits, old) != 0)
    tt_fail(TT_EFILE, "%s: %s", old, strerror(errno));
  tt_save_file(set.digits, tt_module_state_dict(net), (Metadata){0});
}

static void *candidate(void *arg)
{
  TT_SCOPE;
  ModelVersion *v = arg;
  Generator g;
  tt_manual_seed(&g, (uint64_t)v->number);
  Shots all = all_shots(1), s = newest_labels((int64_t)set.need);
  int64_t n = s.x->shape[0], held = n / 3;     // the newest decide
  Shots fresh = shots_of(some(s, 0, n - held), 2000, 0, &g);
  Shots base = shots_of(some(all, 0, 1000), 2000, 0, &g);
  void *net = reader_of_digits((uint64_t)v->number + 1);
  fit(net, joined(base, fresh), 12, 1);
  Duel d = compare(net, v->model, some(s, n - held, n));
  if (!tt_trigger_trained(&trigger, d.wins, d.losses))
    tt_fail(TT_EVALUE, "not better: of %lld held out it won %lld and"
            " lost %lld", (long long)d.n, (long long)d.wins,
            (long long)d.losses);
  save_candidate(net);
  return tt_module_keep(net);
}

static void train_anew(void)
{
  TT_SCOPE;
  ModelVersion *v = tt_slot_use(digits);
  trainings++;
  bool ok = load("training", candidate, v);
  if (ok) {
    TensorError e;
    if (!tt_slot_load(monitors, watch_inputs, NULL, &e))
      printf("monitor: %s\n", e.message);
    pthread_mutex_lock(&keeper.lock);
    keeper.orders.alarm = false;   // of the monitor before
    pthread_mutex_unlock(&keeper.lock);
  }
  tt_slot_return(digits, v);
  if (!ok)                         // whatever failed, and whenever
    tt_trigger_trained(&trigger, 0, 1);
}

static void roll_back(void)
{
  bool ok = tt_slot_rollback(digits);
  if (ok && rename(file_before(), set.digits) != 0 && errno != ENOENT)
    perror(file_before());
  rollbacks += ok;
  if (before)
    tt_slot_return(digits, before);
  before = NULL;
  tell("rollback", ok, "there is no version before");
}

typedef struct Reading {
  ModelVersion *v;
  const Record *r;
  bool right;
} Reading;

static void read_record(void *arg)
{
  Reading *a = arg;
  Tensor *x = tt_from(TT_SHAPE(1, PIXELS), a->r->x);
  a->right = *(int32_t *)classes_of(a->v->model, x)->data == a->r->y;
}

static bool reads(ModelVersion *v, const Record *r)
{
  Reading a = { v, r, false };
  return tt_try(read_record, &a, NULL) && a.right;
}

static void label_comes(const Record *r)
{
  ModelVersion *v = tt_slot_use(digits);
  TriggerAction act = tt_trigger_label(&trigger, reads(v, r),
                                       before && reads(before, r));
  tt_slot_return(digits, v);
  if (act == TT_RETRAIN)
    train_anew();
  else if (act == TT_ROLL_BACK)
    roll_back();
}

static void obey(Orders o)
{
  if (o.reload && load("load", load_digits,
                       (void *)(size_t)set.digits))
    unlink(file_before());         // of versions that are no more
  if (o.back)
    roll_back();
  if (o.alarm)
    tt_trigger_alarm(&trigger);
  if (o.label)
    label_comes(&o.record);
  fflush(stdout);
}

static void *keeper_thread(void *arg)
{
  pthread_mutex_lock(&keeper.lock);
  while (!keeper.orders.stop) {
    Orders o = keeper.orders;
    keeper.orders = (Orders){ .stop = false };
    if (keeper.from < keeper.n - KEPT)   // came while it trained
      keeper.from = keeper.n - KEPT;
    o.label = keeper.from < keeper.n;
    if (o.label)
      o.record = keeper.ring[keeper.from++ % KEPT];
    if (!(o.reload || o.back || o.alarm || o.label)) {
      pthread_cond_wait(&keeper.news, &keeper.lock);
      continue;
    }
    pthread_mutex_unlock(&keeper.lock);
    obey(o);
    pthread_mutex_lock(&keeper.lock);
  }
  pthread_mutex_unlock(&keeper.lock);
  tt_clear();
  return arg;
}

static void ask_keeper(bool *what)
{
  pthread_mutex_lock(&keeper.lock);
  *what = true;
  pthread_cond_signal(&keeper.news);
  pthread_mutex_unlock(&keeper.lock);
}

typedef struct Job { int n; Ticket *const *t; ModelVersion *v; } Job;

static Exchange *exchange(Ticket *t)
{
  return (Exchange *)(void *)t;
}

static void classify(void *arg)
{
  const Job *j = arg;
  TT_NO_GRAD;
  Tensor *x = tt_empty(TT_F32, TT_SHAPE(j->n, PIXELS));
  for (int i = 0; i < j->n; i++)
    memcpy((Real *)x->data + i * PIXELS, exchange(j->t[i])->x,
           PIXELS * sizeof(Real));
  Tensor *p = tt_softmax(tt_forward(j->v->model, x), 1);
  const int32_t *class = tt_argmax(p, 1, false)->data;
  for (int i = 0; i < j->n; i++) {
    Exchange *e = exchange(j->t[i]);
    e->class = class[i];
    e->p = (double)((Real *)p->data)[i * CLASSES + class[i]];
    e->version = j->v->number;
  }
}

static void watch_batch(const Job *j)
{
  ModelVersion *w = tt_slot_use(monitors);
  DriftMonitor *m = w->model;
  for (int i = 0; i < j->n; i++) {
    const Exchange *e = exchange(j->t[i]);
    if (!tt_drift_add(m, e->x, e->class))
      continue;
    last_p = m->report.p;
    alarms += m->report.alarm;
    if (m->report.alarm)
      ask_keeper(&keeper.orders.alarm);
  }
  tt_slot_return(monitors, w);
}

static void run_batch(void *arg, int n, Ticket *const t[])
{
  (void)arg;
  TensorError e;
  Job j = { n, t, tt_slot_use(digits) };
  bool ok = tt_try(classify, &j, &e);
  tt_slot_return(digits, j.v);
  if (!ok)
    tt_fail(e.code, "%s", e.message);
  watch_batch(&j);
}

static void batch_done(void *arg, Ticket *t, TicketEnd end)
{
  (void)arg;
  Exchange *e = exchange(t);
  e->end = end;
  pthread_mutex_lock(&clients_lock);
  e->client->waiting = NULL;
  pthread_mutex_unlock(&clients_lock);
  resume(e);
}

enum { SEATS = 8, QUEUE = 16, TOKENS = 1000 };
typedef struct Writing {
  struct Writing *next;
  struct MHD_Connection *connection;
  Client  *client;
  int      owners;                 // the writer, and the response
  int32_t *ids;                    // new ones, for the next pass
  int64_t  n, todo;
  double   temperature;
  Generator generator;
  char    *text;
  size_t   length, size;
  bool     asleep, over, failed;
} Writing;

static struct {
  pthread_mutex_t lock;
  pthread_cond_t  news;
  Writing *queue, *seat[SEATS];
  int      queued;
  bool     stop;
  Gpt       *gpt;
  Tokenizer *tokenizer;
  KvCache   *cache;
} pen = { .lock = PTHREAD_MUTEX_INITIALIZER,
          .news = PTHREAD_COND_INITIALIZER };
static void drop(Writing *w)       // pen.lock is held
{
  if (--w->owners > 0)
    return;
  free(w->ids);
  free(w->text);
  free(w);
}

static void wake(Writing *w)       // pen.lock is held
{
  if (!w->asleep)
    return;
  w->asleep = false;
  MHD_resume_connection(w->connection);
  suspended--;
}

static void end_writing(Writing *w)
{
  pthread_mutex_lock(&pen.lock);
  if (!w->over)
    left++;
  w->over = w->failed = true;
  wake(w);
  pthread_mutex_unlock(&pen.lock);
}

static void add_text(Writing *w, Piece p)
{
  if (w->length + (size_t)p.n > w->size) {
    size_t size = 2 * (w->size + (size_t)p.n) + 256;
    char *more = realloc(w->text, size);
    if (!more) {
      w->over = w->failed = true;
      return;
    }
    w->text = more, w->size = size;
  }
  memcpy(w->text + w->length, p.at, (size_t)p.n);
  w->length += (size_t)p.n;
}

static ssize_t read_more(void *arg, uint64_t at, char *to, size_t most)
{
  Writing *w = arg;
  pthread_mutex_lock(&pen.lock);
  size_t n = w->length - (size_t)at;
  ssize_t got = (ssize_t)(n < most ? n : most);
  if (got > 0)
    memcpy(to, w->text + at, (size_t)got);
  else if (w->over)
    got = w->failed ? MHD_CONTENT_READER_END_WITH_ERROR
      : MHD_CONTENT_READER_END_OF_STREAM;
  else {
    w->asleep = true;
    suspended++;
    MHD_suspend_connection(w->connection);
  }
  pthread_mutex_unlock(&pen.lock);
  return got;
}

static void response_gone(void *arg)
{
  Writing *w = arg;
  pthread_mutex_lock(&clients_lock);
  w->client->writing = NULL;
  pthread_mutex_unlock(&clients_lock);
  pthread_mutex_lock(&pen.lock);
  w->over = true;
  drop(w);
  pthread_mutex_unlock(&pen.lock);
}

static int take_seats(int *who)    // pen.lock is held
{
  int n = 0;
  for (int s = 0; s < SEATS; s++) {
    Writing *w = pen.seat[s];
    if (w && w->over) {
      tt_kv_rollback(pen.cache, s, 0);
      drop(w);
      pen.seat[s] = w = NULL;
    }
    if (!w && pen.queue) {
      pen.seat[s] = w = pen.queue;
      pen.queue = w->next;
      pen.queued--;
    }
    if (w && !w->over)
      who[n++] = s;
  }
  return n;
}

static void add_token(Writing *w, Tensor *logits)
{
  TokenChoice c = tt_next_token(logits, NULL, (SamplingOptions){
    .temperature = w->temperature, .generator = &w->generator,
    .vocabulary = pen.tokenizer->size });
  pthread_mutex_lock(&pen.lock);
  w->ids[0] = c.id, w->n = 1;
  add_text(w, pen.tokenizer->piece(pen.tokenizer, c.id));
  w->over |= --w->todo == 0;
  wake(w);
  pthread_mutex_unlock(&pen.lock);
  tokens++;
}

typedef struct Pass { int n, who[SEATS]; } Pass;

static void write_pass(void *arg)
{
  const Pass *p = arg;
  KvPart part[SEATS];
  TT_NO_GRAD;
  for (int i = 0; i < p->n; i++) {
    const Writing *w = pen.seat[p->who[i]];
    part[i] = (KvPart){ p->who[i],
                        tt_from_int(TT_SHAPE(w->n), w->ids) };
  }
  Tensor *logits = tt_kv_logits(pen.cache, p->n, part);
  for (int i = 0; i < p->n; i++)
    add_token(pen.seat[p->who[i]], tt_select(logits, 0, i));
}

static void fail_all(const Pass *p, const char *why)
{
  fprintf(stderr, "text: %s\n", why);
  pthread_mutex_lock(&pen.lock);
  for (int i = 0; i < p->n; i++) {
    Writing *w = pen.seat[p->who[i]];
    w->over = w->failed = true;
    wake(w);
  }
  pthread_mutex_unlock(&pen.lock);
}

static void *pen_thread(void *arg)
{
  if (pen.gpt)
    pen.cache = tt_kv_cache_new(pen.gpt, SEATS, (KvOptions){0});
  for (;;) {
    TT_SCOPE;
    Pass p;
    TensorError e;
    pthread_mutex_lock(&pen.lock);
    while ((p.n = take_seats(p.who)) == 0 && !pen.stop)
      if (!pen.queue)              // else they have left, all who sat
        pthread_cond_wait(&pen.news, &pen.lock);
    pthread_mutex_unlock(&pen.lock);
    if (p.n == 0)
      break;
    if (!tt_try(write_pass, &p, &e))
      fail_all(&p, e.message);
  }
  tt_clear();
  return arg;
}

static bool read_body(Exchange *e, int n, RequestField *f,
                      char why[128])
{
  Piece body = { e->body ? e->body : "", (int64_t)e->length };
  return tt_request_read(body, n, f, why);
}

static enum MHD_Result show_page(Exchange *e)
{
  struct stat s;
  int fd = open(set.page, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &s) != 0) {
    if (fd >= 0)
      close(fd);
    return refuse(e, 404, 0, "there is no page here: --page FILE");
  }
  return send_answer(e, 200, "text/html; charset=utf-8", 0,
    MHD_create_response_from_fd((uint64_t)s.st_size, fd));
}

static enum MHD_Result show_metrics(Exchange *e)
{
  char *text = NULL;
  size_t n;
  FILE *f = open_memstream(&text, &n);
  if (!f)
    return MHD_NO;
  print_metrics(f);
  if (fclose(f) != 0)
    return free(text), MHD_NO;
  return send_answer(e, 200, "text/plain; version=0.0.4", 0,
    MHD_create_response_from_buffer(n, text, MHD_RESPMEM_MUST_FREE));
}

static RequestField pixels_field(Exchange *e)
{
  return (RequestField){ .name = "x", .kind = TT_FIELD_NUMBERS,
    .required = true, .least = PIXELS, .most = PIXELS, .low = 0,
    .high = 1, .numbers = e->x };
}

static enum MHD_Result predict(Exchange *e)
{
  char why[128];
  RequestField f[] = { pixels_field(e) };
  if (!read_body(e, 1, f, why))
    return refuse(e, 400, 0, why);
  e->stage = WAITING;
  suspended++;
  MHD_suspend_connection(e->connection);
  pthread_mutex_lock(&clients_lock);
  e->client->waiting = e;
  e->client->deadline = tt_machine_now() + set.patience + set.deadline;
  pthread_mutex_unlock(&clients_lock);
  e->retry = tt_batcher_submit(batcher, &e->ticket);
  if (e->retry) {
    pthread_mutex_lock(&clients_lock);
    e->client->waiting = NULL;
    pthread_mutex_unlock(&clients_lock);
    resume(e);
  }
  return MHD_YES;
}

static enum MHD_Result answer(Exchange *e)     // after its batch
{
  char text[96];
  if (e->stage == GONE)
    return MHD_NO;
  if (e->retry)
    return refuse(e, 503, e->retry, "too many wait; come back later");
  if (e->end == TT_EXPIRED)
    return refuse(e, 503, 1, "its turn came too late");
  if (e->end == TT_BROKEN)
    return refuse(e, 500, 0, "the model failed");
  snprintf(text, sizeof text,
           "{\"digit\":%d,\"p\":%.6f,\"version\":%lld}\n",
           (int)e->class, e->p, (long long)e->version);
  return say(e, 200, 0, "application/json", text);
}

static enum MHD_Result label(Exchange *e)
{
  char why[128];
  Record r;
  RequestField f[] = { pixels_field(e), { .name = "y",
    .kind = TT_FIELD_NUMBER, .required = true, .low = 0, .high = 9,
    .numbers = &e->y } };
  if (!read_body(e, 2, f, why))
    return refuse(e, 400, 0, why);
  memcpy(r.x, e->x, sizeof r.x);
  r.y = (int32_t)e->y;
  if ((Real)r.y != e->y)
    return refuse(e, 400, 0, "a label is one of the digits");
  if (!keep_label(&r))
    return refuse(e, 503, 10, "the journal cannot be written");
  return say(e, 200, 0, "application/json", "{\"kept\":true}\n");
}

typedef struct Prompt {
  char text[4097];
  int64_t length;
  Real n, seed, temperature;
  Tensor *ids;
} Prompt;

static void encode_prompt(void *arg)
{
  Prompt *p = arg;
  p->ids = tt_encode(pen.tokenizer, p->text, p->length);
}

static const char *refused_prompt(Prompt *p)   // NULL: it is good
{
  static _Thread_local TensorError e;
  if (!tt_try(encode_prompt, p, &e))
    return e.message;
  int64_t n = tt_numel(p->ids) + (int64_t)p->n;
  return tt_numel(p->ids) == 0 ? "an empty prompt"
    : n > pen.gpt->options.context ? "longer than the context" : NULL;
}

static bool read_prompt(Exchange *e, Prompt *p, char why[128])
{
  *p = (Prompt){ .n = 100 };
  RequestField f[] = {
    { .name = "prompt", .kind = TT_FIELD_TEXT, .required = true,
      .least = 1, .most = 4096, .text = p->text },
    { .name = "n", .kind = TT_FIELD_NUMBER, .low = 1, .high = TOKENS,
      .numbers = &p->n },
    { .name = "seed", .kind = TT_FIELD_NUMBER, .low = 0, .high = 1e9,
      .numbers = &p->seed },
    { .name = "temperature", .kind = TT_FIELD_NUMBER, .low = 0,
      .high = 10, .numbers = &p->temperature },
  };
  bool ok = read_body(e, 4, f, why);
  p->length = f[0].n;
  return ok;
}

static Writing *new_writing(Exchange *e, const Prompt *p)
{
  Writing *w = calloc(1, sizeof *w);
  int64_t n = tt_numel(p->ids);
  int32_t *ids = malloc((size_t)n * sizeof *ids);
  if (!w || !ids) {
    free(w), free(ids);
    return NULL;
  }
  memcpy(ids, p->ids->data, (size_t)n * sizeof *ids);
  *w = (Writing){ .connection = e->connection, .client = e->client,
    .owners = 2, .ids = ids, .n = n, .todo = (int64_t)p->n,
    .temperature = (double)p->temperature };
  tt_manual_seed(&w->generator, (uint64_t)p->seed);
  return w;
}

static bool queue_writing(Writing *w)
{
  pthread_mutex_lock(&pen.lock);
  bool room = pen.queued < QUEUE && !pen.stop;
  Writing **p = &pen.queue;
  while (*p)
    p = &(*p)->next;
  if (room) {
    *p = w;
    pen.queued++;
    pthread_cond_signal(&pen.news);
  }
  pthread_mutex_unlock(&pen.lock);
  return room;
}

static enum MHD_Result begin_text(Exchange *e)
{
  TT_SCOPE;
  char why[128];
  Prompt p;
  if (!pen.gpt)
    return refuse(e, 404, 0, "no model that writes: --gpt FILE");
  if (!read_prompt(e, &p, why))
    return refuse(e, 400, 0, why);
  const char *no = refused_prompt(&p);
  if (no)
    return refuse(e, 400, 0, no);
  Writing *w = new_writing(e, &p);
  if (!w || !queue_writing(w)) {
    if (w)
      free(w->ids), free(w);
    return refuse(e, 503, 5, "too many texts are being written");
  }
  pthread_mutex_lock(&clients_lock);
  e->client->writing = w;
  e->client->deadline = tt_machine_now() + set.writing;
  pthread_mutex_unlock(&clients_lock);
  return send_answer(e, 200, "text/plain; charset=utf-8", 0,
    MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, read_more,
                                      w, response_gone));
}

static enum MHD_Result generate(Exchange *e)
{
  enum MHD_Result r = begin_text(e);
  tt_clear();                      // in a thread that is not ours
  return r;
}

static enum MHD_Result hand_over(Exchange *e)
{
  if (e->too_long)
    return refuse(e, 413, 0, "the body is too long");
  if (e->wrong_method)
    return refuse(e, 405, 0, "this method is not allowed here");
  switch (e->route) {
  case PAGE:     return show_page(e);
  case METRICS:  return show_metrics(e);
  case PREDICT:  return predict(e);
  case LABEL:    return label(e);
  case GENERATE: return generate(e);
  case HEALTH:
    return draining ? refuse(e, 503, 10, "draining")
      : say(e, 200, 0, "text/plain", "ok\n");
  default:
    return refuse(e, 404, 0, "there is nothing here");
  }
}

static void collect(Exchange *e, const char *data, size_t n)
{
  e->too_long |= e->length + n > BODY;
  if (e->too_long)
    return;
  if (e->length + n > e->size) {
    size_t size = 2 * (e->size + n);
    char *more = realloc(e->body, size);
    if (!more) {
      e->too_long = true;
      return;
    }
    e->body = more, e->size = size;
  }
  memcpy(e->body + e->length, data, n);
  e->length += n;
}

static Exchange *begin_exchange(struct MHD_Connection *c,
                                const char *url, const char *method)
{
  Exchange *e = calloc(1, sizeof *e);
  if (!e)
    return NULL;
  e->connection = c, e->began = tt_machine_now();
  e->client = MHD_get_connection_info(c,
                MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  while (e->route < ELSEWHERE && strcmp(route[e->route].url, url) != 0)
    e->route++;
  e->wrong_method = e->route < ELSEWHERE
    && strcmp(route[e->route].method, method) != 0;
  in_flight++;
  return e;
}

static bool says_too_long(struct MHD_Connection *c)
{
  const char *n = MHD_lookup_connection_value(c, MHD_HEADER_KIND,
                                              "Content-Length");
  return n && strtod(n, NULL) > BODY;
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *c,
                              const char *url, const char *method,
                              const char *version, const char *data,
                              size_t *size, void **at)
{
  Exchange *e = *at;
  (void)arg, (void)version;
  if (!e) {
    *at = e = begin_exchange(c, url, method);
    return !e || !e->client ? MHD_NO : !says_too_long(c) ? MHD_YES
      : refuse(e, 413, 0, "the body is too long");
  }
  if (*size) {
    collect(e, data, *size);
    *size = 0;
    return MHD_YES;
  }
  return e->stage == READING ? hand_over(e) : answer(e);
}

static void exchange_over(void *arg, struct MHD_Connection *c,
                          void **at,
                          enum MHD_RequestTerminationCode how)
{
  Exchange *e = *at;
  (void)arg, (void)c;
  if (!e)
    return;
  left += e->route == PREDICT
    && how != MHD_REQUEST_TERMINATED_COMPLETED_OK;
  if (e->client)
    set_deadline(e->client, set.deadline);
  free(e->body);
  free(e);
  *at = NULL;
  in_flight--;
}

static void raise_limits(void)     // as many descriptors as may be
{
  struct rlimit r;
  getrlimit(RLIMIT_NOFILE, &r);
  r.rlim_cur = r.rlim_max;
  setrlimit(RLIMIT_NOFILE, &r);
  double most = (double)r.rlim_cur - 64;
  if (set.connections > most)
    set.connections = most;
}

static void *first_model(void *arg)
{
  TT_SCOPE;
  (void)arg;
  Generator g;
  tt_manual_seed(&g, 1);
  Shots all = all_shots(1);
  void *net = reader_of_digits(1);
  fit(net, shots_of(some(all, 0, 1000), 4000, 0, &g), 12, 1);
  tt_save_file(set.digits, tt_module_state_dict(net), (Metadata){0});
  return tt_module_keep(net);
}

static void load_all(void)
{
  Shots all = all_shots(1);
  known = some(all, 1000, ROWS);
  known.x = tt_contiguous(known.x), known.y = tt_contiguous(known.y);
  set.need = fmin(fmax(set.need, 2 * set.window), KEPT);
  trigger.need = (int64_t)set.need;   // all of them are in memory
  digits = tt_slot_new(), monitors = tt_slot_new();
  bool there = access(set.digits, F_OK) == 0;
  TensorError e = { .message = "" };
  if (!(there ? load("load", load_digits, (void *)(size_t)set.digits)
              : load("first training", first_model, NULL)))
    exit(1);
  if (!tt_slot_load(monitors, watch_inputs, &known, &e)) {
    fprintf(stderr, "monitor: %s\n", e.message);
    exit(1);
  }
  if (set.gpt) {
    pen.gpt = tt_gpt_load(set.gpt, NULL);
    pen.tokenizer = tt_load_tokenizer(set.tokenizer);
  }
  open_journal();
}

static size_t leave_as_it_is(void *arg, struct MHD_Connection *c,
                             char *url)
{                                  // no route has a % in its name
  (void)arg, (void)c;
  return strlen(url);
}

static struct MHD_Daemon *listen_at(void)
{
  if (set.port > 65535)
    usage(2);
  struct sockaddr_in at = { .sin_family = AF_INET,
                            .sin_port = htons((uint16_t)set.port) };
  if (inet_pton(AF_INET, set.address, &at.sin_addr) != 1)
    usage(2);
  struct MHD_Daemon *d = MHD_start_daemon(
    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME
      | MHD_USE_TURBO, 0, NULL, NULL, handle, NULL,
    MHD_OPTION_SOCK_ADDR, &at,
    MHD_OPTION_CONNECTION_LIMIT, (unsigned)set.connections,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16 * 1024,
    MHD_OPTION_NOTIFY_COMPLETED, exchange_over, NULL,
    MHD_OPTION_NOTIFY_CONNECTION, connection_changes, NULL,
    MHD_OPTION_UNESCAPE_CALLBACK, leave_as_it_is, NULL,
    MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u,
    MHD_OPTION_END);
  if (!d) {
    fprintf(stderr, "tt-serve: cannot listen at %s:%d: %s\n",
            set.address, (int)set.port, strerror(errno));
    exit(1);
  }
  printf("tt-serve: http://%s:%d/\n", set.address, (int)
         MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  return d;
}

static void wait_until_none(atomic_int *n, double seconds)
{
  double end = tt_machine_now() + seconds;
  while (*n > 0 && tt_machine_now() < end)
    usleep(5000);
}

static void stop_texts(void)
{
  pthread_mutex_lock(&pen.lock);
  pen.stop = true;
  for (int s = 0; s < SEATS; s++)
    if (pen.seat[s]) {
      pen.seat[s]->over = pen.seat[s]->failed = true;
      wake(pen.seat[s]);
    }
  for (Writing *w = pen.queue; w; w = w->next) {
    w->over = w->failed = true;
    wake(w);
  }
  pthread_cond_signal(&pen.news);
  pthread_mutex_unlock(&pen.lock);
}

static void drain(struct MHD_Daemon *d)
{
  draining = true;
  int listening = MHD_quiesce_daemon(d);
  shutdown(listening, SHUT_RDWR);  // its thread may still look at it
  wait_until_none(&in_flight, set.drain);
  tt_batcher_close(batcher);
  stop_texts();
  wait_until_none(&suspended, set.patience + 1);
  MHD_stop_daemon(d);
  close(listening);
}

static void serve_until_told(struct MHD_Daemon *d, sigset_t *set_of)
{
  for (int signal; sigwait(set_of, &signal) == 0;)
    if (signal == SIGHUP)
      ask_keeper(&keeper.orders.reload);
    else if (signal == SIGUSR1)
      ask_keeper(&keeper.orders.back);
    else
      break;
  printf("tt-serve: %d requests to end\n", (int)in_flight);
  drain(d);
  ask_keeper(&keeper.orders.stop);
}

int main(int argc, char **argv)
{
  read_flags(argc, argv);
  sigset_t signals;
  sigemptyset(&signals);
  int all[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGPIPE };
  for (int i = 0; i < 5; i++)
    sigaddset(&signals, all[i]);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  sigdelset(&signals, SIGPIPE);
  tt_autograd_enable();
  tt_set_num_threads(1);           // the cores belong to requests
  raise_limits();
  load_all();
  BatchRules r = { (int)set.batch, set.budget, (int)set.room,
                   set.patience };
  batcher = tt_batcher_new(r, (BatchWork){ run_batch, batch_done, 0 });
  pthread_t keeps, looks, writes;
  if (pthread_create(&keeps, NULL, keeper_thread, NULL) != 0
      || pthread_create(&looks, NULL, clock_thread, NULL) != 0
      || pthread_create(&writes, NULL, pen_thread, NULL) != 0)
    return perror("tt-serve"), 1;
  serve_until_told(listen_at(), &signals);
  stop_clock = true;
  pthread_join(keeps, NULL), pthread_join(looks, NULL);
  pthread_join(writes, NULL);
  tt_batcher_free(batcher);
  printf("tt-serve: over\n");
}
