// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// A ledger whose past cannot be changed unseen.
#include "tt/olympics.h"
#include "tt/error.h"
#include "tt/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct Sha { uint32_t h[8], k[64]; } Sha;

static uint32_t turn(uint32_t x, int n)
{
  return x >> n | x << (32 - n);
}

static uint32_t digits_of_root(double x, int root)
{
  double r = root == 2 ? sqrt(x) : cbrt(x);
  return (uint32_t)((r - floor(r)) * 0x1p32);
}

static Sha sha_new(void)           // of the first 64 primes
{
  Sha s;
  for (int n = 2, i = 0; i < 64; n++) {
    bool prime = true;
    for (int d = 2; d * d <= n; d++)
      prime = prime && n % d;
    if (!prime)
      continue;
    if (i < 8)
      s.h[i] = digits_of_root(n, 2);
    s.k[i++] = digits_of_root(n, 3);
  }
  return s;
}

static void sha_block(Sha *s, const uint8_t *b)
{
  uint32_t w[64], x[8];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)b[4 * i] << 24 | (uint32_t)b[4 * i + 1] << 16
           | (uint32_t)b[4 * i + 2] << 8 | b[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t p = w[i - 15], q = w[i - 2];
    w[i] = w[i - 16] + w[i - 7]
           + (turn(p, 7) ^ turn(p, 18) ^ p >> 3)
           + (turn(q, 17) ^ turn(q, 19) ^ q >> 10);
  }
  memcpy(x, s->h, sizeof x);
  for (int i = 0; i < 64; i++) {
    uint32_t e = x[4], a = x[0];
    uint32_t t = x[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25))
                 + ((e & x[5]) ^ (~e & x[6])) + s->k[i] + w[i];
    uint32_t u = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22))
                 + ((a & x[1]) ^ (a & x[2]) ^ (x[1] & x[2]));
    memmove(x + 1, x, 7 * sizeof *x);
    x[4] += t, x[0] = t + u;
  }
  for (int i = 0; i < 8; i++)
    s->h[i] += x[i];
}

void tt_sha256(const void *data, size_t n, char hex[TT_SEAL])
{
  Sha s = sha_new();
  uint8_t last[128] = {0};
  size_t whole = n / 64 * 64, rest = n - whole;
  size_t end = rest < 56 ? 64 : 128;
  for (size_t i = 0; i < whole; i += 64)
    sha_block(&s, (const uint8_t *)data + i);
  if (rest > 0)
    memcpy(last, (const uint8_t *)data + whole, rest);
  last[rest] = 0x80;
  for (int i = 0; i < 8; i++)
    last[end - 1 - (size_t)i] = (uint8_t)((uint64_t)n * 8 >> 8 * i);
  for (size_t i = 0; i < end; i += 64)
    sha_block(&s, last + i);
  for (int i = 0; i < 8; i++)
    snprintf(hex + 8 * i, 9, "%08x", s.h[i]);
}

void tt_ledger_seal(const char *before, const char *text,
                    char seal[TT_SEAL])
{
  TT_SCOPE;
  size_t n = strlen(text);
  char *all = tt_room(TT_SEAL + (int64_t)n, 1);
  snprintf(all, TT_SEAL, "%064d", 0);
  if (before)
    memcpy(all, before, TT_SEAL - 1);
  all[TT_SEAL - 1] = '\n';
  memcpy(all + TT_SEAL, text, n);
  tt_sha256(all, TT_SEAL + n, seal);
}

int64_t tt_ledger_check(const char *ledger)
{
  TT_SCOPE;
  const char *before = NULL;
  int64_t number = 0;
  for (const char *at = ledger, *end; *at; at = end + 1) {
    number++;
    end = strchr(at, '\n');
    if (!end || end - at < TT_SEAL)
      return number;               // cut off, or too short for a seal
    const char *seal = end - (TT_SEAL - 1);
    char *text = tt_room(seal - at, 1), own[TT_SEAL];
    memcpy(text, at, (size_t)(seal - at));
    text[seal - at - 1] = '\0';    // where a tab must be
    tt_ledger_seal(before, text, own);
    if (seal[-1] != '\t' || memcmp(own, seal, TT_SEAL - 1) != 0)
      return number;
    before = seal;
  }
  return 0;
}

static char *whole_file(int fd, const char *path)
{
  off_t size = lseek(fd, 0, SEEK_END);
  if (size < 0 || size > 1 << 30)
    tt_fail(TT_EFILE, "tt_ledger_append: %s cannot be read", path);
  char *text = tt_room(size + 1, 1);
  if (pread(fd, text, (size_t)size, 0) != size)
    tt_fail(TT_EFILE, "tt_ledger_append: %s: %s", path,
            strerror(errno));
  text[size] = '\0';
  if ((off_t)strlen(text) != size)
    tt_fail(TT_EFORMAT, "tt_ledger_append: %s: a byte of it is 0",
            path);
  return text;
}

static void append(int fd, const char *path, const char *text,
                   char seal[TT_SEAL])
{
  char *ledger = whole_file(fd, path);
  size_t n = strlen(ledger);
  int64_t bad = tt_ledger_check(ledger);
  if (bad || strchr(text, '\n'))
    tt_fail(TT_EFORMAT, bad ? "%s:%lld: its seal does not fit; nothing"
            " is added to it" : "%s: one line more than %lld",
            path, (long long)bad);
  tt_ledger_seal(n ? ledger + n - TT_SEAL : NULL, text, seal);
  char *line = tt_room((int64_t)strlen(text) + TT_SEAL + 2, 1);
  int size = sprintf(line, "%s\t%s\n", text, seal);
  if (write(fd, line, (size_t)size) != size || fsync(fd) != 0)
    tt_fail(TT_EFILE, "tt_ledger_append: %s: %s%s", path,
            strerror(errno), ftruncate(fd, (off_t)n) == 0 ? ""
            : "; and what was written of the line is in it");
}

typedef struct LedgerLine {
  int fd;
  const char *path, *text;
  char *seal;
} LedgerLine;

static void append_line(void *arg)
{
  LedgerLine *l = arg;
  append(l->fd, l->path, l->text, l->seal);
}

void tt_ledger_append(const char *path, const char *text,
                      char seal[TT_SEAL])
{
  TT_SCOPE;
  int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0)
    tt_fail(TT_EFILE, "tt_ledger_append: %s: %s", path,
            strerror(errno));
  LedgerLine l = { fd, path, text, seal };
  TensorError e;
  flock(fd, LOCK_EX);              // of two judges one waits
  bool good = tt_try(append_line, &l, &e);
  close(fd);
  if (!good)
    tt_fail(e.code, "%s", e.message);
}
