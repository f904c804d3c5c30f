// Made from chapters/20-olympics.nw by tools/tangle: edit there.
#define _GNU_SOURCE
#include "tt_test.h"
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TT(olympics, signs_are_drawn_again_by_a_seed)
{
  Sign sign[TT_SIGNS];
  Generator g[2];
  tt_digit_signs(sign);
  for (int i = 0; i < 2; i++)
    tt_manual_seed(&g[i], 7);
  Batch a = tt_draw_signs(sign, 23, &g[0]);
  Batch b = tt_draw_signs(sign, 23, &g[1]);
  Batch c = tt_draw_signs(sign, 23, NULL);
  tt_expect_shape(a.x, TT_SHAPE(23, 1, 28, 28));
  tt_expect_tensor(a.x, b.x, 0, 0);
  tt_expect_tensor(a.y, b.y, 0, 0);
  tt_expect(memcmp(a.x->data, c.x->data, 23 * TT_SIGN_PIXELS) != 0,
            "secret pictures are those of seed 7");
}

TT(olympics, each_sign_is_drawn_as_often)
{
  Sign sign[TT_SIGNS];
  int count[TT_SIGNS] = {0}, ordered = 0;
  tt_digit_signs(sign);
  Batch b = tt_draw_signs(sign, 104, NULL);
  for (int i = 0; i < 104; i++) {
    int32_t label = ((int32_t *)b.y->data)[i];
    count[label]++;
    ordered += label == i % TT_SIGNS;
  }
  for (int k = 0; k < TT_SIGNS; k++)
    tt_expect_int(count[k], 10 + (k < 4));
  tt_expect(ordered < 60, "%d of 104 labels are in order", ordered);
}

TT(olympics, ink_is_where_the_pen_was)
{
  Sign dot[TT_SIGNS] = { { 2, { { 4.5, 4.5, 1 }, { 4.5, 4.5, 0 } } } };
  uint8_t pixel[TT_SIGN_PIXELS];
  Generator g;
  int ink = 0, lost = 0;
  tt_manual_seed(&g, 1);
  for (int round = 0; round < 50; round++) {
    tt_draw_sign(dot, &g, pixel);
    for (int i = 0; i < TT_SIGN_PIXELS; i++) {
      int x = i % TT_SIGN_SIDE, y = i / TT_SIGN_SIDE;
      ink += pixel[i] > 128;
      lost += pixel[i] > 128 && (x < 7 || x > 21 || y < 7 || y > 21);
    }
  }
  tt_expect(ink > 50 * 2 && ink < 50 * 25, "%d pixels have ink", ink);
  tt_expect_int(lost, 0);
  tt_expect_fail(tt_draw_signs(dot, 0, NULL), "one or more");
}

TT(olympics, new_alphabets_differ)
{
  Sign sign[2][TT_SIGNS];
  Generator g;
  tt_manual_seed(&g, 1);
  tt_new_signs(sign[0], &g), tt_new_signs(sign[1], &g);
  for (int i = 0; i < TT_SIGNS; i++) {
    int n = sign[0][i].n;
    tt_expect(n >= 4 && n <= 6 && sign[0][i].at[0].lifted, "%d", n);
    for (int k = 1; k < n; k++)
      tt_expect(hypot(sign[0][i].at[k].x - sign[0][i].at[k - 1].x,
                      sign[0][i].at[k].y - sign[0][i].at[k - 1].y)
                >= 4, "points %d and %d are near", k - 1, k);
  }
  tt_expect(memcmp(sign[0], sign[1], sizeof sign[0]) != 0, "twice");
}

static int fd_of(void (*body)(int fd))   // what a child writes
{
  int p[2];
  if (pipe(p) != 0)
    tt_fail(TT_EFILE, "no pipe");
  if (fork() == 0) {
    close(p[0]);
    body(p[1]);
    _exit(0);
  }
  close(p[1]);
  return p[0];
}

static void put(int fd, const char *s, int n)
{
  if (write(fd, s, (size_t)n) != n)
    _exit(1);
}

static void in_pieces(int fd)
{
  put(fd, "a", 1), usleep(20000), put(fd, "bc", 2), usleep(20000);
  put(fd, "de", 2), usleep(100000);
}

static void never(int fd) { (void)fd, usleep(400000); }
static void half(int fd) { put(fd, "abc", 3); }
static void more(int fd) { put(fd, "abcdefgh", 8), usleep(100000); }
static void drips(int fd)
{
  for (int i = 0; i < 8; i++)
    put(fd, "x", 1), usleep(50000);
}

TT(olympics, an_answer_in_pieces)
{
  char got[6] = "";
  int fd = fd_of(in_pieces);
  tt_expect_int(tt_read_until(fd, got, 5, tt_machine_now() + 5),
                TT_ANSWERED);
  tt_expect_text(got, "abcde");
  close(fd);
}

TT(olympics, no_answer_in_time)
{
  char got[5];
  double start = tt_machine_now();
  int fd = fd_of(never);
  tt_expect_int(tt_read_until(fd, got, 5, start + 0.03), TT_LATE);
  tt_expect(tt_machine_now() - start >= 0.03, "it gave up early");
  tt_expect_int(tt_read_until(fd, got, 5, start), TT_LATE);
  close(fd);
}

TT(olympics, a_closed_pipe)
{
  char got[5];
  int fd = fd_of(half);
  tt_expect_int(tt_read_until(fd, got, 5, tt_machine_now() + 5),
                TT_GONE);
  close(fd);
}

TT(olympics, nothing_beyond_the_answer)
{
  char got[9] = "........";
  int fd = fd_of(more);
  tt_expect_int(tt_read_until(fd, got, 3, tt_machine_now() + 5),
                TT_ANSWERED);
  tt_expect_text(got, "abc.....");
  tt_expect_int(tt_read_until(fd, got, 5, tt_machine_now() + 5),
                TT_ANSWERED);
  tt_expect_text(got, "defgh...");
  close(fd);
}

TT(olympics, time_is_up_though_bytes_drip)
{
  char got[8];
  int fd = fd_of(drips);
  double start = tt_machine_now();
  tt_expect_int(tt_read_until(fd, got, 8, start + 0.12), TT_LATE);
  close(fd);
}

static void contestant(const char *path, const char *script)
{
  FILE *f = fopen(path, "w");
  if (!f || fprintf(f, "#!/bin/sh\n%s\n", script) < 0)
    tt_fail(TT_EFILE, "%s", path);
  fclose(f);
  if (chmod(path, 0700) != 0)
    tt_fail(TT_EFILE, "%s", path);
}

static AnswerState asked(const char *script, double limit)
{
  char path[] = "/tmp/tt-contestant.XXXXXX";
  uint8_t pixel[TT_SIGN_PIXELS] = {0};
  float score[TT_SIGNS];
  close(mkstemp(path));
  contestant(path, script);
  Contestant c = tt_contestant_start(path);
  tt_ask(&c, pixel, score, limit);
  AnswerState s = c.state;
  tt_contestant_end(&c);
  unlink(path);
  return s;
}

TT(olympics, an_answer_needs_its_ticket)
{
  signal(SIGPIPE, SIG_IGN);
  tt_expect_int(asked("head -c 808 > /dev/null; head -c 48 /dev/zero;"
                      "exec cat > /dev/null", 5), TT_UNASKED);
  tt_expect_int(asked("head -c 48 /dev/zero; exec cat > /dev/null", 5),
                TT_UNASKED);
  tt_expect_int(asked("exit 0", 5), TT_GONE);
  tt_expect_int(asked("exec sleep 1", 0.05), TT_LATE);
}

TT(olympics, a_contestant_inherits_nothing)
{
  char path[] = "/tmp/tt-contestant.XXXXXX", got[2] = "";
  close(mkstemp(path));
  contestant(path, "ls /proc/self/fd | wc -l");
  int kept = open(path, O_RDONLY);   // without O_CLOEXEC
  Contestant c = tt_contestant_start(path);
  tt_expect_int(tt_read_until(c.from, got, 1, tt_machine_now() + 5),
                TT_ANSWERED);
  tt_expect_text(got, "4");        // 0, 1, 2 and that of the list
  tt_contestant_end(&c);
  close(kept), unlink(path);
}

TT(olympics, a_paused_contestant_does_not_compute)
{
  char path[] = "/tmp/tt-contestant.XXXXXX", got[1];
  close(mkstemp(path));
  contestant(path, "while :; do echo; done");
  Contestant c = tt_contestant_start(path);
  tt_read_until(c.from, got, 1, tt_machine_now() + 5);
  tt_contestant_pause(&c);
  char more[70000];
  tt_expect_int(tt_read_until(c.from, more, sizeof more,
                              tt_machine_now() + 0.1), TT_LATE);
  tt_contestant_resume(&c);
  tt_expect_int(tt_read_until(c.from, got, 1, tt_machine_now() + 5),
                TT_ANSWERED);
  int64_t peak = tt_contestant_end(&c);
  tt_expect(peak > 100000 && peak < 100000000, "%lld bytes",
            (long long)peak);
  unlink(path);
}

TT(olympics, the_largest_score_is_right)
{
  float z[] = { -3, 2, -1, 0.5 };
  for (int label = 0; label < 4; label++)
    tt_expect(tt_answer_right(4, z, label) == (label == 1), "label %d",
              label);
  float all_below[] = { -3, -2, -1 };
  tt_expect(tt_answer_right(3, all_below, 2), "the largest is -1");
  tt_expect(tt_answer_right(1, z, 0), "one score is the largest");
}

TT(olympics, what_is_no_number_is_wrong)
{
  float bad[] = { NAN, INFINITY, -INFINITY };
  for (int k = 0; k < 3; k++)
    for (int at = 0; at < 3; at++)
      for (int label = 0; label < 3; label++) {
        float z[] = { 1, 2, 3 };
        z[at] = bad[k];
        tt_expect(!tt_answer_right(3, z, label), "%g at %d is right"
                  " for %d", (double)bad[k], at, label);
      }
}

TT(olympics, a_tie_is_wrong)
{
  float z[] = { 4, 1, 4, 4 }, same[10] = {0};
  for (int label = 0; label < 4; label++)
    tt_expect(!tt_answer_right(4, z, label), "label %d", label);
  for (int label = 0; label < 10; label++)
    tt_expect(!tt_answer_right(10, same, label), "label %d", label);
}

TT(olympics, an_interval_holds_the_share)
{
  Interval i = tt_share_interval(50, 100);
  tt_expect_close(i.value, 0.5, 0, 1e-12);
  tt_expect_close(i.low, 0.40383, 0, 1e-5);    // Wilson, 1927
  tt_expect_close(i.high, 0.59617, 0, 1e-5);
  tt_expect_close(tt_share_interval(10, 10).low, 0.72247, 0, 1e-5);
  tt_expect_close(tt_share_interval(0, 10).low, 0, 0, 1e-12);
  tt_expect_fail(tt_share_interval(3, 2), "3 of 2");
  tt_expect_fail(tt_share_interval(0, 0), "0 of 0");
}

static Interval around(double low, double high)
{
  return (Interval){ (low + high) / 2, low, high };
}

TT(olympics, places_with_ties)
{
  Interval r[] = { around(0.7, 0.8), around(0.1, 0.2),
                   around(0.3, 0.5), around(0.4, 0.6) };
  int rank[4], want[] = { 4, 1, 2, 2 };
  tt_ranks(4, r, rank);
  for (int i = 0; i < 4; i++)
    tt_expect_int(rank[i], want[i]);
  Interval touching[] = { around(0.1, 0.2), around(0.2, 0.3) };
  tt_ranks(2, touching, rank);
  tt_expect_int(rank[1], 1);
}

TT(olympics, ties_are_not_handed_on)
{
  Interval r[] = { around(0.1, 0.3), around(0.2, 0.5),
                   around(0.4, 0.6) };
  int rank[3], want[] = { 1, 1, 2 };
  tt_ranks(3, r, rank);
  for (int i = 0; i < 3; i++)
    tt_expect_int(rank[i], want[i]);
}

TT(olympics, no_interval_no_place)
{
  double no = (double)NAN;
  Interval r[] = { { no, no, no }, around(0.1, 0.2),
                   { 0.05, no, 0.06 }, around(0.3, 0.4),
                   { 0.01, 0.01, no } };
  int rank[5], want[] = { 0, 1, 0, 2, 0 };
  tt_ranks(5, r, rank);
  for (int i = 0; i < 5; i++)
    tt_expect_int(rank[i], want[i]);
}

static void expect_fronts(int n, const ParetoPoint *p, const int *want)
{
  int front[8];
  tt_fronts(n, p, front);
  for (int i = 0; i < n; i++)
    tt_expect(front[i] == want[i], "point %d: front %d, expected %d", i,
              front[i], want[i]);
}

TT(olympics, fronts_one_behind_the_other)
{
  ParetoPoint p[] = {              // accuracy, seconds, bytes, peak
    { "c", 0.8, 3, 3, 3, 0 }, { "a", 0.9, 1, 1, 1, 0 },
    { "b", 0.9, 2, 2, 2, 0 }, { "fast", 0.5, 0.1, 9, 9, 0 },
    { "d", 0.7, 4, 4, 4, 0 }, { "also", 0.5, 0.2, 9, 9, 0 } };
  expect_fronts(6, p, (int[]){ 3, 1, 2, 1, 4, 2 });
  expect_fronts(1, p, (int[]){ 1 });
}

TT(olympics, equals_share_a_front)
{
  ParetoPoint p[] = { { "a", 0.9, 1, 1, 1, 0 },
    { "b", 0.9, 1, 1, 1, 0 }, { "c", 0.9, 1, 1, 2, 0 },
    { "d", 0.9, 1, 1, 2, 0 } };
  expect_fronts(4, p, (int[]){ 1, 1, 2, 2 });
}

TT(olympics, no_number_no_front)
{
  double no = (double)NAN;
  ParetoPoint p[] = { { "a", no, 0, 0, 0, 0 },
    { "b", 0.9, 1, 1, 1, 0 }, { "c", 1, no, 0, 0, 0 },
    { "d", 0.8, 2, 2, 2, 0 }, { "e", 1, 0, no, 0, 0 },
    { "f", 1, 0, 0, no, 0 } };
  expect_fronts(6, p, (int[]){ 0, 1, 0, 2, 0, 0 });
  expect_fronts(1, p, (int[]){ 0 });
}

TT(olympics, a_byte_has_a_loss)
{
  float z[TT_BYTES] = {0};
  tt_expect_close(tt_byte_loss(z, 7), 8, 1e-12, 0);
  z[7] = 1000;
  tt_expect_close(tt_byte_loss(z, 7), 0, 0, 1e-12);
  tt_expect_close(tt_byte_loss(z, 8), 1000 / log(2), 1e-12, 0);
  z[9] = -INFINITY;
  tt_expect_close(tt_byte_loss(z, 7), 0, 0, 1e-12);
  tt_expect(isinf(tt_byte_loss(z, 9)), "never");
  float bad[] = { NAN, INFINITY };
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < 3; i++) {
      z[3] = bad[k];
      tt_expect(isinf(tt_byte_loss(z, i == 2 ? 3 : 7)), "%g",
                (double)bad[k]);
    }
  for (int i = 0; i < TT_BYTES; i++)
    z[i] = -INFINITY;
  tt_expect(isinf(tt_byte_loss(z, 0)), "all are impossible");
}

TT(olympics, a_volume_has_four_sides)
{
  ParetoPoint same = { "", 0.9, 1, 1, 1, 0 };
  ParetoPoint half = { "", 0.95, 0.5, 0.5, 0.5, 0 };
  ParetoPoint slow = { "", 1, 2, 0, 0, 0 };
  tt_expect_close(tt_volume(&same, 0.9), 0.0625, 1e-12, 0);
  tt_expect_close(tt_volume(&half, 0.9), 0.31640625, 1e-12, 0);
  tt_expect_close(tt_volume(&slow, 0.9), 0, 0, 0);
}

static CompetitionSubmission said(const char *text)
{
  char path[] = "/tmp/tt-entry.XXXXXX";
  int fd = mkstemp(path);
  put(fd, text, (int)strlen(text)), close(fd);
  CompetitionSubmission s = tt_submission_read(path);
  unlink(path);
  return s;
}

TT(olympics, a_submission_is_read)
{
  CompetitionSubmission s = said("team\tada\nentry\tsmall-1\n"
    "category\tall-round\ndivision\topen\nratio\t0.25\n\n"
    "techniques\tpruned, <b>int8</b>\n");
  tt_expect_text(s.team, "ada");
  tt_expect_text(s.entry, "small-1");
  tt_expect_int(s.category, TT_ALL_ROUND);
  tt_expect(s.open && isnan(s.accuracy), "open, no claim");
  tt_expect_close(s.ratio, 0.25, 0, 0);
  tt_expect_text(s.techniques, "pruned, <b>int8</b>");
}

TT(olympics, a_submission_is_distrusted)
{
  const char *ok = "team\ta\nentry\tb\ncategory\tsprint\n";
  tt_expect_text(said(ok).entry, "b");
  tt_expect_fail(said("team\ta\nentry\tb\n"), "category is missing");
  tt_expect_fail(said("team\t../x\n"), "letters, digits");
  tt_expect_fail(said("team\t\n"), "letters, digits");
  tt_expect_fail(said("category\tspeed\n"), "marathon");
  tt_expect_fail(said("accuracy\tnan\n"), "a share, 0 to 1");
  tt_expect_fail(said("accuracy\t99\n"), "a share, 0 to 1");
  tt_expect_fail(said("bytes\tnan\n"), "a number, 0 or more");
  tt_expect_fail(said("ratio\t-1\n"), "a number, 0 or more");
  tt_expect_fail(said("points\t9\n"), "before the tab");
  tt_expect_fail(said("team ada\n"), "a tab");
  tt_expect_fail(tt_submission_read("/nowhere"), "/nowhere");
}

static char *write_ledger(char *text, int n)   // of n lines, sound
{
  static const char *const line[] = { "ada", "ben", "cy", "dora" };
  char *at = text, seal[TT_SEAL];
  for (int i = 0; i < n; i++) {
    tt_ledger_seal(i ? at - TT_SEAL : NULL, line[i], seal);
    at += sprintf(at, "%s\t%s\n", line[i], seal);
  }
  *at = '\0';
  return text;
}

static bool looks_everywhere(int64_t (*check)(const char *ledger))
{
  char text[1000], four[1000];
  for (int n = 0; n <= 4; n++)
    if (check(write_ledger(text, n)) != 0)
      return false;
  int length = (int)strlen(write_ledger(text, 4)), number = 1;
  for (int i = 0; i < length; i++) {
    memcpy(four, text, sizeof four);
    four[i] ^= 1;
    if (text[i] != '\n' && check(four) != number)
      return false;
    number += text[i] == '\n';
  }
  text[length - 1] = '\0';           // the last line is cut off
  if (check(text) != 4)
    return false;
  const char *second = strchr(write_ledger(text, 4), '\n') + 1;
  return check(second) == 1;         // the first line is taken away
}

static int64_t first_line_only(const char *ledger)
{
  char line[1000];
  const char *end = strchr(ledger, '\n');
  if (!end)
    return *ledger != '\0';
  snprintf(line, sizeof line, "%.*s", (int)(end - ledger) + 1, ledger);
  return tt_ledger_check(line);
}

static int64_t never_sound(const char *ledger)
{
  return ledger != NULL;
}

TT(olympics, a_check_that_looks_away_is_caught)
{
  tt_expect_accepts(looks_everywhere(tt_ledger_check));
  tt_expect_refuses(looks_everywhere(first_line_only),
                    "looks at the first line only");
  tt_expect_refuses(looks_everywhere(never_sound),
                    "finds no ledger sound");
}

TT(olympics, a_sum_is_that_of_the_standard)
{
  char hex[TT_SEAL], many[200];
  tt_sha256("", 0, hex);
  tt_expect_text(hex, "e3b0c44298fc1c149afbf4c8996fb924"
                      "27ae41e4649b934ca495991b7852b855");
  tt_sha256("abc", 3, hex);
  tt_expect_text(hex, "ba7816bf8f01cfea414140de5dae2223"
                      "b00361a396177a9cb410ff61f20015ad");
  tt_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnop"
            "nopq", 56, hex);
  tt_expect_text(hex, "248d6a61d20638b8e5c026930c3e6039"
                      "a33ce45964ff2167f6ecedd419db06c1");
  memset(many, 'a', sizeof many);
  tt_sha256(many, sizeof many, hex);
  tt_expect_text(hex, "c2a908d98f5df987ade41b5fce213067"
                      "efbcc21ef2240212a41e54b5e7c28ae5");
}

TT(olympics, a_ledger_is_sound)
{
  char text[1000];
  for (int n = 0; n <= 3; n++)
    tt_expect_int(tt_ledger_check(write_ledger(text, n)), 0);
}

TT(olympics, every_changed_byte_is_found)
{
  char text[1000];
  write_ledger(text, 3);
  int n = (int)strlen(text), line = 1;
  for (int i = 0; i < n; i++) {
    char was = text[i];
    text[i] ^= 1;
    int64_t found = tt_ledger_check(text);
    tt_expect(found > 0 && found <= line, "byte %d of line %d: %lld", i,
              line, (long long)found);
    text[i] = was;
    line += was == '\n';
  }
}

TT(olympics, a_ledger_only_grows)
{
  char path[] = "/tmp/tt-ledger.XXXXXX", seal[2][TT_SEAL], text[1000];
  close(mkstemp(path));
  tt_ledger_append(path, "ada", seal[0]);
  tt_ledger_append(path, "ben", seal[1]);
  tt_expect_fail(tt_ledger_append(path, "a\nb", seal[0]), "one line");
  FILE *f = fopen(path, "r+");
  size_t n = fread(text, 1, sizeof text - 1, f);
  text[n] = '\0';
  tt_expect_int(tt_ledger_check(text), 0);
  tt_expect(strstr(text, seal[1]), "the seal that was given back");
  fputc('\0', f), fputs("forged\n", f), fflush(f);
  tt_expect_fail(tt_ledger_append(path, "d", seal[0]), "of it is 0");
  tt_expect_int(ftruncate(fileno(f), (off_t)n), 0);
  rewind(f), fputc('X', f), fclose(f);
  tt_expect_fail(tt_ledger_append(path, "d", seal[0]), ":1: its seal");
  f = fopen(path, "r");
  tt_expect_int(fread(text, 1, sizeof text, f), (int)n);
  fclose(f), unlink(path);
}
