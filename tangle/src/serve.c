// Made from chapters/20-olympics.nw by tools/tangle: edit there.
// Versions of a model that are swapped under load, the trigger that
// trains the next one, and the bodies of requests.
#include "tt/serve.h"
#include "tt/locale.h"
#include "tt/todo.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct ModelSlot {
  pthread_mutex_t lock;
  ModelVersion *current, *previous;
  ModelVersion *all;               // the newest first
  int64_t last;                    // number given
};

ModelSlot *tt_slot_new(void)
{
  ModelSlot *s = calloc(1, sizeof *s);
  if (!s)
    tt_fail(TT_EMEM, "tt_slot_new: no memory for a slot");
  pthread_mutex_init(&s->lock, NULL);
  return s;
}

static void free_version(ModelVersion *v)
{
  while (v->scope.first)
    tt_release(v->scope.first);
  free(v);
}

static void sweep(ModelSlot *s)
{
  for (ModelVersion **p = &s->all, *v; (v = *p);)
    if (v->users > 0 || v == s->current || v == s->previous)
      p = &v->next;
    else {
      *p = v->next;
      free_version(v);
    }
}

typedef struct LoadCall {
  void *(*load)(void *arg);
  void *arg;
  ModelVersion *v;
} LoadCall;

static void call_load(void *arg)
{
  LoadCall *c = arg;
  c->v = calloc(1, sizeof *c->v);
  if (!c->v)
    tt_fail(TT_EMEM, "tt_slot_load: no memory for a version");
  c->v->model = c->load(c->arg);
  if (!c->v->model)
    tt_missing("tt_slot_load", "the model");
}

static void publish(ModelSlot *s, ModelVersion *v)
{
  pthread_mutex_lock(&s->lock);
  v->number = ++s->last;
  v->next = s->all, s->all = v;
  s->previous = s->current, s->current = v;
  sweep(s);
  pthread_mutex_unlock(&s->lock);
}

bool tt_slot_load(ModelSlot *s, void *(*load)(void *arg), void *arg,
                  TensorError *e)
{
  LoadCall call = { load, arg, NULL };
  TT_SCOPE;
  if (!tt_try(call_load, &call, e)) {
    free(call.v);
    return false;
  }
  while (tt_scope()->first)
    tt_move(tt_scope()->first, &call.v->scope);
  publish(s, call.v);
  return true;
}

ModelVersion *tt_slot_use(ModelSlot *s)
{
  pthread_mutex_lock(&s->lock);
  ModelVersion *v = s->current;
  if (v)
    v->users++;
  pthread_mutex_unlock(&s->lock);
  return v;
}

void tt_slot_return(ModelSlot *s, ModelVersion *v)
{
  pthread_mutex_lock(&s->lock);
  v->users--;
  pthread_mutex_unlock(&s->lock);
}

bool tt_slot_rollback(ModelSlot *s)
{
  pthread_mutex_lock(&s->lock);
  ModelVersion *v = s->previous;
  if (v) {
    s->current = v, s->previous = NULL;
    sweep(s);
  }
  pthread_mutex_unlock(&s->lock);
  return v;
}

int tt_slot_versions(ModelSlot *s)
{
  int n = 0;
  pthread_mutex_lock(&s->lock);
  for (const ModelVersion *v = s->all; v; v = v->next)
    n++;
  pthread_mutex_unlock(&s->lock);
  return n;
}

void tt_slot_free(ModelSlot *s)
{
  for (ModelVersion *v; (v = s->all);) {
    s->all = v->next;
    free_version(v);
  }
  pthread_mutex_destroy(&s->lock);
  free(s);
}

static void enter(RetrainTrigger *t, TriggerPhase phase)
{
  t->phase = phase;
  t->labels = t->wins = t->losses = 0;
}

void tt_trigger_alarm(RetrainTrigger *t)
{
  if (t->phase == TT_WATCH || t->phase == TT_PROBATION)
    enter(t, TT_COLLECT);
}

bool tt_trigger_trained(RetrainTrigger *t, int64_t wins, int64_t losses)
{
  bool better = tt_sign_test(wins, losses) < t->level;
  enter(t, better ? TT_PROBATION : TT_WATCH);
  return better;
}

double tt_sign_test(int64_t wins, int64_t losses)
{
  double n = (double)(wins + losses), sum = 0;
  for (int64_t k = wins; k <= wins + losses; k++)
    sum += exp(lgamma(n + 1) - lgamma((double)k + 1)
               - lgamma(n - (double)k + 1) - n * log(2));
  return fmin(sum, 1);
}

TriggerAction tt_trigger_label(RetrainTrigger *t, bool now, bool before)
{
  t->labels++;
  t->wins += now && !before;
  t->losses += before && !now;
  if (t->phase == TT_COLLECT && t->labels >= t->need)
    return enter(t, TT_TRAINING), TT_RETRAIN;
  if (t->phase != TT_PROBATION)
    return TT_NOTHING;
  if (tt_sign_test(t->losses, t->wins)
      < t->level / (double)t->probation)
    return enter(t, TT_WATCH), TT_ROLL_BACK;
  if (t->labels >= t->probation)
    enter(t, TT_WATCH);
  return TT_NOTHING;
}

typedef struct Reader {
  const char *start, *at, *end;
  char *why;
} Reader;

static bool expected(const Reader *r, const char *what)
{
  snprintf(r->why, 128, "byte %lld: expected %s",
           (long long)(r->at - r->start), what);
  return false;
}

static int peek(Reader *r)         // next that is no space; 0: the end
{
  while (r->at < r->end && memchr(" \t\r\n", *r->at, 4))
    r->at++;
  return r->at < r->end ? (unsigned char)*r->at : 0;
}

static bool accept(Reader *r, char c)
{
  bool yes = peek(r) == c;
  r->at += yes;
  return yes;
}

static int64_t digits(Reader *r)
{
  const char *from = r->at;
  while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
    r->at++;
  return r->at - from;
}

static bool one_of(Reader *r, const char *set)
{
  bool yes = r->at < r->end && *r->at && strchr(set, *r->at);
  r->at += yes;
  return yes;
}

static bool spell_number(Reader *r)       // by the grammar of JSON
{
  one_of(r, "-");
  bool zero = r->at < r->end && *r->at == '0';
  int64_t whole = digits(r);
  if (whole == 0 || (zero && whole > 1))
    return false;
  if (one_of(r, ".") && digits(r) == 0)
    return false;
  return !one_of(r, "eE") || (one_of(r, "+-"), digits(r) > 0);
}

static bool read_number(Reader *r, const RequestField *f, Real *to)
{
  char text[48] = "";
  peek(r);
  const char *from = r->at;
  if (!spell_number(r) || r->at - from > 40)
    return r->at = from, expected(r, "a number");
  memcpy(text, from, (size_t)(r->at - from));
  TT_C_LOCALE;
  double x = strtod(text, NULL);
  if (!(x >= f->low && x <= f->high)) {
    r->at = from;
    snprintf(text, sizeof text, "%g to %g", f->low, f->high);
    return expected(r, text);
  }
  *to = (Real)x;
  return true;
}

static bool read_numbers(Reader *r, RequestField *f)
{
  if (!accept(r, '['))
    return expected(r, "[");
  for (f->n = 0; f->n == 0 || accept(r, ',');) {
    if (f->n == f->most)
      return expected(r, "no more numbers");
    if (!read_number(r, f, f->numbers + f->n))
      return false;
    f->n++;
  }
  if (!accept(r, ']'))
    return expected(r, ", or ]");
  return f->n >= f->least || expected(r, "more numbers before it");
}

static int hex4(Reader *r)         // -1: no four digits
{
  int x = 0;
  for (int i = 0; i < 4; i++, r->at++) {
    const char *all = "0123456789abcdef", *d = r->at < r->end && *r->at
      ? strchr(all, *r->at | (*r->at > '9' ? 32 : 0)) : NULL;
    if (!d)
      return -1;
    x = x * 16 + (int)(d - all);
  }
  return x;
}

static int utf8(int c, char to[4])
{
  if (c < 0x80)
    return to[0] = (char)c, 1;
  int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (int i = n - 1; i > 0; i--, c >>= 6)
    to[i] = (char)(0x80 | (c & 0x3f));
  to[0] = (char)(0xf00 >> n | c);
  return n;
}

static int read_escape(Reader *r, char to[4])      // bytes; 0: wrong
{
  static const char from[] = "\"\\/bfnrt", is[] = "\"\\/\b\f\n\r\t";
  int c = r->at < r->end ? (unsigned char)*r->at++ : 0;
  const char *p = c ? strchr(from, c) : NULL;
  if (p)
    return to[0] = is[p - from], 1;
  int high = c == 'u' ? hex4(r) : -1;
  if (high >> 10 != 0xd800 >> 10)
    return high > 0 && high >> 10 != 0xdc00 >> 10 ? utf8(high, to) : 0;
  if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
    return 0;
  r->at += 2;
  int low = hex4(r);
  return low >> 10 != 0xdc00 >> 10 ? 0
    : utf8(0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff), to);
}

static bool read_text(Reader *r, char *to, int64_t most, int64_t *n)
{
  if (!accept(r, '"'))
    return expected(r, "\"");
  for (*n = 0; r->at < r->end && *r->at != '"';) {
    char c[4] = { *r->at++ };
    int bytes = *c == '\\' ? read_escape(r, c)
      : (unsigned char)*c >= 0x20;
    if (bytes == 0)
      return expected(r, "another character");
    if (*n + bytes > most)
      return expected(r, "the end of this text");
    memcpy(to + *n, c, (size_t)bytes);
    *n += bytes;
  }
  to[*n] = 0;
  return accept(r, '"') || expected(r, "\"");
}

static bool read_field(Reader *r, int n, RequestField *f)
{
  char name[32];
  int64_t length;
  if (!read_text(r, name, sizeof name - 1, &length))
    return false;
  while (n > 0 && strcmp(f->name, name) != 0)
    f++, n--;
  if (n == 0 || f->n >= 0)
    return expected(r, n == 0 ? "the name of a field"
                              : "each field once");
  if (!accept(r, ':'))
    return expected(r, ":");
  if (f->kind == TT_FIELD_NUMBERS)
    return read_numbers(r, f);
  if (f->kind == TT_FIELD_NUMBER)
    return f->n = 1, read_number(r, f, f->numbers);
  return read_text(r, f->text, f->most, &f->n)
    && (f->n >= f->least || expected(r, "a longer text"));
}

bool tt_request_read(Piece body, int n, RequestField f[], char why[128])
{
  Reader r = { body.at, body.at, body.at + body.n, why };
  for (int i = 0; i < n; i++)
    f[i].n = -1;
  if (!accept(&r, '{'))
    return expected(&r, "{");
  if (!accept(&r, '}')) {
    do
      if (!read_field(&r, n, f))
        return false;
    while (accept(&r, ','));
    if (!accept(&r, '}'))
      return expected(&r, ", or }");
  }
  if (peek(&r) || r.at < r.end)
    return expected(&r, "nothing after the object");
  for (int i = 0; i < n; i++)
    if (f[i].required && f[i].n < 0)
      return snprintf(why, 128, "the field \"%s\" is missing",
                      f[i].name), false;
  return true;
}
