// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// tt/olympics.h - a competition: pictures that nobody has seen, the
// pipe between scorer and contestant, places, and a ledger.
#ifndef TT_OLYMPICS_H
#define TT_OLYMPICS_H
#include "tt/suite.h"
#include "tt/training.h"
#include <sys/types.h>

TT_BEGIN
enum {
  TT_SIGN_SIDE = 28, TT_SIGN_PIXELS = 784,
  TT_SIGNS = 10,                   // in an alphabet
  TT_SIGN_POINTS = 16,
};
typedef struct PenPoint {
  double x, y;                     // 0..9, right and down
  bool   lifted;                   // the pen, on the way to it
} PenPoint;
typedef struct Sign { int n; PenPoint at[TT_SIGN_POINTS]; } Sign;
void tt_digit_signs(Sign sign[TT_SIGNS]);   // 0 to 9
// ten that nobody has seen: four to six points in one stroke
void tt_new_signs(Sign sign[TT_SIGNS], Generator *g);
// as a hand may draw it: turned, stretched, moved, its points too
void tt_draw_sign(const Sign *s, Generator *g,
                  uint8_t pixel[TT_SIGN_PIXELS]);
// n pictures, u8 (n,1,28,28), of each sign as many (the first ones
// one more), shuffled, and which it is, i32 (n). Without a generator
// nobody can draw them again. TT_EVALUE: n < 1
Batch tt_draw_signs(const Sign sign[TT_SIGNS], int64_t n,
                    Generator *g /* or NULL */);
typedef enum { TT_ASK = 1, TT_TEACH, TT_NEXT } RequestKind;
typedef struct Request {
  uint32_t kind, n;                // of TT_ASK and TT_NEXT n is 1
  uint64_t ticket, seed;           // ticket: to be given back
  uint32_t channels, side;         // of a picture: 1, 28
} Request;                         // then n pictures; TT_TEACH: and
                                   // n labels, a byte each
typedef struct SignAnswer {        // to TT_ASK
  uint64_t ticket;
  float    score[TT_SIGNS];
} SignAnswer;
enum { TT_MOST_PIXELS = 3 * 32 * 32, TT_BYTES = 256 };
typedef struct NextAnswer {        // to TT_NEXT: of the byte after
  uint64_t ticket;
  float    score[TT_BYTES];
} NextAnswer;
typedef enum {
  TT_ANSWERED, TT_LATE, TT_GONE, TT_UNASKED
} AnswerState;                     // unasked: not for this ticket
typedef struct Contestant {
  pid_t   pid;
  int     to, from;                // pipes
  int     channels, side;          // of the pictures: 1, 28
  int64_t asked;                   // questions so far
  AnswerState state;               // of the last one
} Contestant;
const char *tt_answer_state_text(AnswerState s);
// starts a program that serves (tt_entry_main). It gets the two pipes
// and nothing else that is open here. TT_EFILE: no pipe, no process
Contestant tt_contestant_start(const char *command);
// n bytes from a pipe, by tt_machine_now() until that moment
AnswerState tt_read_until(int fd, void *to, size_t n, double until);
// false: no answer within `limit` seconds, see state; ask no more
bool tt_ask(Contestant *c, const uint8_t *pixel,
            float score[TT_SIGNS], double limit);
bool tt_teach(Contestant *c, Batch b, uint64_t seed, double limit);
// the text went on with this byte: how may it go on?
bool tt_ask_next(Contestant *c, int byte, float score[TT_BYTES],
                 double limit);
double tt_contestant_seconds(const Contestant *c);  // of processor
void tt_contestant_pause (Contestant *c);   // it is not computing,
void tt_contestant_resume(Contestant *c);   // and may again
// closes the pipes, waits, kills; the most memory it had, in bytes
int64_t tt_contestant_end(Contestant *c);
// the label's score is larger than any other, and all are finite
bool tt_answer_right(int n, const float *score, int label);
// of a share, when so many of n were right: 95 %. TT_EVALUE: n < 1, or
// right is not in 0..n
Interval tt_share_interval(int64_t right, int64_t n);
// 1 and how many have an interval that is all below; NaN: 0, and in
// nobody's way
void tt_ranks(int n, const Interval *ratio, int *rank);
// 1: nobody dominates it; 2: only those of front 1 do; ... NaN: 0
void tt_fronts(int n, const ParetoPoint *p, int *front);
// of the box between an entry and a corner where everything is twice
// the reference's, the errors too: 0..1; all fields but the accuracy
// against the reference's
double tt_volume(const ParetoPoint *p, double reference);
// -log2 of what the softmax of the scores gives this byte; infinite if
// one of them is NaN or larger than any number
double tt_byte_loss(const float score[TT_BYTES], int byte);
enum { TT_SEAL = 65 };             // 64 digits and a zero
void tt_sha256(const void *data, size_t n, char hex[TT_SEAL]);
// of a line, given that of the line before; before the first: NULL
void tt_ledger_seal(const char *before /* or NULL */, const char *text,
                    char seal[TT_SEAL]);
// 0: sound; or the number of the first line that is not
int64_t tt_ledger_check(const char *ledger);
// adds a line, with its seal, which is given back. TT_EFORMAT: the
// ledger is not sound, or text has more lines; then nothing is added
void tt_ledger_append(const char *path, const char *text,
                      char seal[TT_SEAL]);
typedef struct Entry {
  void    (*load)(const char *model);    // NULL: there is none
  Tensor *(*answer)(Tensor *x);    // u8 (N,1,28,28): scores (N,10)
  void    (*train)(Tensor *x, Tensor *y, uint64_t seed);
                                   // anew; or NULL: no Marathon
  void    (*save)(const char *model);    // or NULL
  Tensor *(*next)(int byte);       // scores (256) of the byte after it;
                                   // or NULL
} Entry;
// the whole of a program: `serve MODEL` answers on the pipes 0 and 1
// until they close, `train MODEL` trains on drawn digits, `try MODEL`
// says how good it is and how long an answer takes
int tt_entry_main(const Entry *e, int argc, char **argv);
typedef enum {
  TT_SPRINT, TT_FEATHER, TT_MARATHON, TT_ALL_ROUND, TT_INVENTION,
  TT_CATEGORIES
} Category;
typedef struct CompetitionSubmission {
  char     team[33], entry[33];    // letters, digits, - and _
  Category category;
  bool     open;                   // or closed: with given weights
  double   accuracy, ratio, bytes; // claimed; NaN: nothing is
  char     techniques[201];        // in words
} CompetitionSubmission;
const char *tt_category_name(Category c);
// of an entry.tsv: a key, a tab and a value on each line. TT_EFILE,
// TT_EFORMAT: the line, what it has, what may be there
CompetitionSubmission tt_submission_read(const char *path);
TT_END
#endif
