// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// openloop PORT RATE SECONDS [LINES]: requests that come when they
// come, whether or not those before are answered; how long each took.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "serving.h"

enum { LINES = 4096, SAMPLES = 64, ROOM = 2048 };
typedef struct Line {              // a connection
  int    fd;
  bool   busy;
  double due;                      // of the request on its way
  int    sample;
  size_t sent, got;
  char   answer[ROOM];
} Line;

static struct {
  int    port, epoll, lines, free[LINES], n_free;
  Line   line[LINES];
  char   request[SAMPLES][ROOM];
  size_t length[SAMPLES];
  double *late;                    // seconds of each answer
  int64_t sent, answered, refused, wrong, most;
  int    label[SAMPLES];
  int64_t right;
} load;
static void connect_line(Line *l)
{
  struct sockaddr_in to = { .sin_family = AF_INET,
    .sin_port = htons((uint16_t)load.port),
    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (l->fd < 0 || connect(l->fd, (void *)&to, sizeof to) != 0)
    tt_fail(TT_EFILE, "openloop: port %d: %s", load.port,
            strerror(errno));
  setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
  struct epoll_event e = { .events = EPOLLIN, .data.ptr = l };
  epoll_ctl(load.epoll, EPOLL_CTL_ADD, l->fd, &e);
}

static void write_requests(void)
{
  TT_SCOPE;
  Shots all = all_shots(1), s = some(all, 1000, 1000 + SAMPLES);
  const Real *x = tt_contiguous(s.x)->data;
  for (int i = 0; i < SAMPLES; i++, x += PIXELS) {
    char body[1024];
    size_t n = (size_t)snprintf(body, sizeof body, "{\"x\":[");
    for (int k = 0; k < PIXELS; k++)
      n += (size_t)snprintf(body + n, sizeof body - n, "%s%g",
                            k ? "," : "", (double)x[k]);
    n += (size_t)snprintf(body + n, sizeof body - n, "]}");
    load.length[i] = (size_t)snprintf(load.request[i], ROOM,
      "POST /predict HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Length: %zu\r\n\r\n%s", n, body);
    load.label[i] = ((int32_t *)s.y->data)[i];
  }
}

static void send_request(Line *l, double due)
{
  l->busy = true, l->due = due, l->got = 0;
  l->sample = (int)(load.sent++ % SAMPLES);
  size_t n = load.length[l->sample];
  if (send(l->fd, load.request[l->sample], n, MSG_NOSIGNAL)
      != (ssize_t)n)
    tt_fail(TT_EFILE, "openloop: cannot send: %s", strerror(errno));
}

static bool whole(const Line *l)   // has all of an answer come?
{
  const char *end = strstr(l->answer, "\r\n\r\n");
  const char *n = end ? strcasestr(l->answer, "content-length:") : NULL;
  return n && l->got >= (size_t)(end + 4 - l->answer)
    + (size_t)strtol(n + 15, NULL, 10);
}

static void take_answer(Line *l)
{
  const char *digit = strstr(l->answer, "\"digit\":");
  if (strncmp(l->answer, "HTTP/1.1 503", 12) == 0)
    load.refused++;
  else if (!digit)
    load.wrong++;
  else {
    load.right += strtol(digit + 8, NULL, 10) == load.label[l->sample];
    load.late[load.answered++] = tt_machine_now() - l->due;
  }
  l->busy = false;
  load.free[load.n_free++] = (int)(l - load.line);
}

static void hear(double seconds)   // answers, for at most so long
{
  struct epoll_event e[256];
  struct timespec t = { (time_t)seconds,
                        (long)(fmod(fmax(seconds, 0), 1) * 1e9) };
  int n = epoll_pwait2(load.epoll, e, 256, &t, NULL);
  for (int i = 0; i < n; i++) {
    Line *l = e[i].data.ptr;
    ssize_t got = recv(l->fd, l->answer + l->got, ROOM - 1 - l->got, 0);
    if (got <= 0 && l->busy)
      tt_fail(TT_EFILE, "openloop: the server hung up");
    if (got <= 0) {                // an idle line is cut off one day
      close(l->fd);
      connect_line(l);
      continue;
    }
    l->got += (size_t)got;
    l->answer[l->got] = 0;
    if (whole(l))
      take_answer(l);
  }
}

static double until_next(double rate, Generator *g)
{
  return -log(1 - unit(g)) / rate;
}

static void run(double rate, double seconds, double warm)
{
  Generator g;
  tt_manual_seed(&g, 1);
  double start = tt_machine_now() + 0.01, end = start + seconds;
  double next = start, arrives = start;        // due; not due yet
  while (next < end || load.n_free < load.lines) {
    double now = tt_machine_now();
    while (next <= now && next < end && load.n_free > 0) {
      send_request(&load.line[load.free[--load.n_free]], next);
      next = arrives += until_next(rate, &g);
    }
    if (warm > 0 && now > start + warm)        // forget the beginning
      load.answered = load.refused = 0, warm = 0;
    bool waits = next <= now && load.n_free == 0;
    hear(next < end && !waits ? next - now : 0.1);
    if (now > end + 10)
      tt_fail(TT_EFILE, "openloop: %d answers are missing",
              load.lines - load.n_free);
  }
}

static int by_time(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double percentile(double p)     // milliseconds
{
  int64_t n = load.answered, k = (int64_t)ceil(p * (double)n / 100);
  return n ? 1e3 * load.late[k > 0 ? k - 1 : 0] : nan("");
}

int main(int argc, char **argv)
{
  if (argc < 4)
    return fprintf(stderr, "openloop PORT RATE SECONDS [LINES]\n"), 2;
  double rate = atof(argv[2]), seconds = atof(argv[3]);
  load.lines = argc > 4 ? atoi(argv[4]) : 256;
  load.late = calloc((size_t)(rate * seconds * 2) + 1000,
                     sizeof *load.late);
  load.port = atoi(argv[1]);
  load.epoll = epoll_create1(EPOLL_CLOEXEC);
  write_requests();
  for (int i = 0; i < load.lines && i < LINES; i++) {
    connect_line(&load.line[i]);
    load.free[load.n_free++] = i;
  }
  run(rate, seconds, seconds > 2 ? 1 : 0);
  qsort(load.late, (size_t)load.answered, sizeof *load.late, by_time);
  printf("%.0f\t%lld\t%lld\t%lld\t%.2f\t%.2f\t%.2f\t%.2f\n", rate,
         (long long)load.answered, (long long)load.refused,
         (long long)load.wrong, percentile(50), percentile(99),
         percentile(99.9), percentile(100));
  tt_clear();
  return load.wrong > 0;
}
