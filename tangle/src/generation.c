// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// The next token, chosen from logits; texts, token by token.
#include "tt/autograd.h"
#include "tt/generation.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include "tt/training.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *bytes(int64_t n)      // until the scope closes
{
  return tt_empty(TT_U8, TT_SHAPE(n))->data;
}

static Tensor *flat(const Tensor *t)
{
  return tt_contiguous((Tensor *)(uintptr_t)t);
}

typedef struct Candidate { double logit; int32_t id; } Candidate;
typedef struct Candidates {        // those that may still be drawn
  int64_t    n;
  Candidate *at;
  double    *p;                    // of each, sum 1
} Candidates;

static int by_logit(const void *a, const void *b)   // largest first
{
  const Candidate *x = a, *y = b;
  if (x->logit != y->logit)
    return x->logit > y->logit ? -1 : 1;
  return x->id < y->id ? -1 : 1;
}

static int64_t best(const Candidates *c)     // the first of the largest
{
  int64_t b = 0;
  for (int64_t i = 1; i < c->n; i++)
    if (c->at[i].logit > c->at[b].logit)
      b = i;
  return b;
}

static void warm(Candidates *c, double temperature)
{
  double most = c->at[best(c)].logit;
  for (int64_t i = 0; i < c->n; i++)
    c->at[i].logit = (c->at[i].logit - most) / temperature;
}

static void share_out(Candidates *c)         // a softmax
{
  double most = c->at[best(c)].logit, sum = 0;
  for (int64_t i = 0; i < c->n; i++)
    sum += c->p[i] = exp(c->at[i].logit - most);
  for (int64_t i = 0; i < c->n; i++)
    c->p[i] /= sum;
}

static void drop_below(Candidates *c, double least)
{
  int64_t left = 0;
  for (int64_t i = 0; i < c->n; i++)
    if (c->p[i] >= least)
      c->at[left++] = c->at[i];
  c->n = left;
}

static int64_t nucleus(int64_t n, const double *p, double top_p)
{
  double sum = 0;
  int64_t k = 0;
  while (k < n && sum < top_p)
    sum += p[k++];
  return k;
}

static void narrow(Candidates *c, const SamplingOptions *o)
{
  bool nuclear = o->top_p > 0 && o->top_p < 1;
  warm(c, o->temperature);
  if (o->top_k > 0 || nuclear)
    qsort(c->at, (size_t)c->n, sizeof *c->at, by_logit);
  if (o->top_k > 0 && o->top_k < c->n)
    c->n = o->top_k;
  share_out(c);
  if (nuclear) {
    c->n = nucleus(c->n, c->p, o->top_p);
    share_out(c);
  }
  if (o->min_p > 0) {
    drop_below(c, o->min_p * c->p[best(c)]);
    share_out(c);
  }
}

static void penalize(Real *y, const Real *x, int64_t n,
                     const int32_t *seen, double penalty)
{
  for (int64_t i = 0; i < n; i++) {
    double v = (double)x[seen[i]];
    y[seen[i]] = (Real)(v > 0 ? v / penalty : v * penalty);
  }
}

static void check_sampling(const char *op, const SamplingOptions *o)
{
  struct { const char *name; double x, most; } of[] = {
    { "vocabulary", o->vocabulary, HUGE_VAL },
    { "repetition_penalty", o->repetition_penalty, DBL_MAX },
    { "temperature", o->temperature, DBL_MAX },
    { "top_k", (double)o->top_k, HUGE_VAL },
    { "top_p", o->top_p, 1 }, { "min_p", o->min_p, 1 } };
  for (size_t i = 0; i < sizeof of / sizeof *of; i++)
    if (!(of[i].x >= 0 && of[i].x <= of[i].most))
      tt_fail(TT_EVALUE, "%s: %s is %g; it is from 0, which is off, to"
              " %s", op, of[i].name, of[i].x, of[i].most == 1 ? "1"
              : "any finite number");
}

static void check_seen(const char *op, const Tensor *seen, int64_t v)
{
  TT_SCOPE;
  if (seen->dtype != TT_I32 || seen->rank != 1)
    tt_fail(TT_EDTYPE, "%s: seen is %s %s; it is i32 (N), ids as"
            " tt_encode gives them", op, tt_dtype_name(seen->dtype),
            TT_TEXT(tt_shape(seen)));
  const int32_t *id = flat(seen)->data;
  for (int64_t i = 0; i < seen->shape[0]; i++)
    if (id[i] < 0 || id[i] >= v)
      tt_fail(TT_EINDEX, "%s: id %d at place %lld of those seen; there"
              " are logits for ids 0 to %lld", op, id[i], (long long)i,
              (long long)v - 1);
}

static void check_row(const char *op, const char *when, const Real *x,
                      int64_t v)
{
  for (int64_t i = 0; i < v; i++)
    if (!(x[i] < (Real)INFINITY))
      tt_fail(TT_EVALUE, "%s: logit %g of id %lld%s; logits are finite,"
              " or -inf for what may not come\n  look for the first NaN"
              " in the model: its loss in training, its weights", op,
              (double)x[i], (long long)i, when);
}

static void need_one(const char *op, const char *when, int64_t left,
                     int64_t v, const SamplingOptions *o)
{
  if (left == 0)
    tt_fail(TT_EVALUE, "%s: the logits of all %lld ids are -inf%s;"
            " leave one that may come", op, (long long)(o->vocabulary
            && o->vocabulary < v ? o->vocabulary : v), when);
}

static const Real *edited(const char *op, const Tensor *logits,
                          const Tensor *seen, const SamplingOptions *o)
{
  int64_t v = logits->shape[0];
  const Real *x = flat(logits)->data;
  check_row(op, "", x, v);
  Real *y = tt_empty(TT_F32, TT_SHAPE(v))->data;
  memcpy(y, x, (size_t)v * sizeof *y);
  if (seen && o->repetition_penalty > 0)
    penalize(y, x, seen->shape[0], flat(seen)->data,
             o->repetition_penalty);
  if (o->edit)
    o->edit(o->arg, y, v);
  check_row(op, o->edit ? " after .edit" : " after the penalty", y, v);
  return y;
}

static Candidates candidates(const char *op, const Tensor *logits,
                             const Tensor *seen,
                             const SamplingOptions *o)
{
  check_sampling(op, o);
  tt_need_f32(op, logits);
  if (logits->rank != 1 || logits->shape[0] > INT32_MAX)
    tt_fail(TT_ESHAPE, "%s: logits %s; they are (V), of one place\n  of"
            " (1,T,V) tt_select takes the last", op,
            TT_TEXT(tt_shape(logits)));
  if (seen)
    check_seen(op, seen, logits->shape[0]);
  int64_t v = logits->shape[0];
  const Real *y = edited(op, logits, seen, o);
  Candidates c = { 0, bytes(v * (int64_t)sizeof *c.at),
                   bytes(v * (int64_t)sizeof *c.p) };
  for (int32_t id = 0; id < v; id++)
    if (y[id] > (Real)-INFINITY
        && (o->vocabulary == 0 || id < o->vocabulary))
      c.at[c.n++] = (Candidate){ (double)y[id], id };
  need_one(op, o->edit ? " after .edit" : "", c.n, v, o);
  if (o->temperature == 0)
    c.at[0] = c.at[best(&c)], c.p[0] = 1, c.n = 1;
  else
    narrow(&c, o);
  return c;
}

static double chance_of(const Tensor *logits, int32_t id)
{
  TT_SCOPE;
  const Real *x = flat(logits)->data;
  int64_t v = logits->shape[0];
  double most = -HUGE_VAL, sum = 0;
  for (int64_t i = 0; i < v; i++)
    most = fmax(most, (double)x[i]);
  if (most == -HUGE_VAL)            // .edit has brought it to life
    return 0;
  for (int64_t i = 0; i < v; i++)
    sum += exp((double)x[i] - most);
  return exp((double)x[id] - most) / sum;
}

static int64_t draw(int64_t n, const double *p, double u)
{
  int64_t last = -1;
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    if (p[i] > 0) {
      last = i;
      sum += p[i];
      if (u < sum)
        return i;
    }
  return last;
}

TokenChoice tt_next_token(const Tensor *logits, const Tensor *seen,
                          SamplingOptions o)
{
  TT_SCOPE;
  Candidates c = candidates("tt_next_token", logits, seen, &o);
  int64_t i = o.temperature == 0 ? 0
    : draw(c.n, c.p, (double)(tt_random(o.generator) >> 11) * 0x1p-53);
  return (TokenChoice){ c.at[i].id, chance_of(logits, c.at[i].id),
                        c.p[i] };
}

Tensor *tt_token_chances(const Tensor *logits, const Tensor *seen,
                         SamplingOptions o)
{
  TT_SCOPE;
  Candidates c = candidates("tt_token_chances", logits, seen, &o);
  Tensor *y = tt_zeros(TT_SHAPE(logits->shape[0]));
  Real *to = y->data;
  for (int64_t i = 0; i < c.n; i++)
    to[c.at[i].id] = (Real)c.p[i];
  return tt_keep(y);
}

typedef struct Writing {
  void    *model;
  Gpt     *gpt;                    // the model, if it is one, or NULL
  int64_t  context;                // or 0
  const TextReader *reader;        // of a Gpt, or NULL
  void    *memory;                 // the reader's
  const GenerationOptions *o;
  SamplingOptions sampling;
  Tensor  *ids, *p, *chance;       // prompt and text; of the text
  int64_t  prompt, n, room;        // ids: of the prompt, now, at most
  TextStream *stream;              // or NULL
  char    *held;                   // may become a stop text
  int64_t  n_held, shown;          // bytes
  StopReason why;
} Writing;

static void put(Writing *w, TokenChoice c)
{
  Real *p = w->p->data, *chance = w->chance->data;
  p[w->n - w->prompt] = (Real)c.p;
  chance[w->n - w->prompt] = (Real)c.chance;
  ((int32_t *)w->ids->data)[w->n++] = c.id;
}

static bool is_stop(const GenerationOptions *o, int32_t id)
{
  for (int i = 0; i < o->stop_ids; i++)
    if (o->stop_id[i] == id)
      return true;
  return false;
}

static void give(Writing *w, char *s, int64_t n)     // s has n + 1
{
  w->shown += n;
  if (n == 0 || !w->o->text)
    return;
  char aside = s[n];
  s[n] = 0;
  w->o->text(w->o->arg, (Piece){ s, n });
  s[n] = aside;
}

static bool ends_in(const char *s, int64_t n, const char *with)
{
  int64_t k = (int64_t)strlen(with);
  return k <= n && memcmp(s + n - k, with, (size_t)k) == 0;
}

// of the stop texts that are complete first the longest: where it
// begins; the first `old` bytes end in none. -1: none is complete
static int64_t first_stop(const GenerationOptions *o, const char *s,
                          int64_t old, int64_t n)
{
  for (int64_t end = old + 1; end <= n; end++) {
    int64_t longest = 0;
    for (int i = 0; i < o->stop_texts; i++) {
      int64_t k = (int64_t)strlen(o->stop_text[i]);
      if (k > longest && ends_in(s, end, o->stop_text[i]))
        longest = k;
    }
    if (longest > 0)
      return end - longest;
  }
  return -1;
}

static void check_prompt(const Tensor *prompt, int64_t n,
                         const GenerationOptions *o)
{
  const char *op = "tt_generate";
  if (prompt->dtype != TT_I32 || prompt->rank != 1
      || prompt->shape[0] == 0)
    tt_fail(TT_ESHAPE, "%s: a prompt of %s %s; it is i32 (T), one id or"
            " more\n  a text may begin after a line break, or after the"
            " special token that ends one", op,
            tt_dtype_name(prompt->dtype), TT_TEXT(tt_shape(prompt)));
  if (n < 0 || n > INT32_MAX || o->context < 0)
    tt_fail(TT_EVALUE, "%s: %lld tokens, a context of %lld; both are 0"
            " or more", op, (long long)n, (long long)o->context);
  if (!o->tokenizer && (o->text || o->stop_texts > 0))
    tt_fail(TT_EVALUE, "%s: .text and .stop_text are about texts, so"
            " they need a .tokenizer; without one there is .token", op);
}

static void check_stops(const GenerationOptions *o)
{
  if ((o->stop_ids > 0 && !o->stop_id)
      || (o->stop_texts > 0 && !o->stop_text))
    tt_fail(TT_EVALUE, "tt_generate: %d stop ids, %d stop texts, and"
            " none are given: %s is NULL", o->stop_ids, o->stop_texts,
            o->stop_ids > 0 && !o->stop_id ? ".stop_id"
            : ".stop_text");
  for (int i = 0; i < o->stop_texts; i++) {
    const char *s = o->stop_text[i];
    if (!s || !s[0] || ((unsigned char)s[0] & 0xc0) == 0x80)
      tt_fail(TT_EVALUE, "tt_generate: stop text %d %s; it is one"
              " character or more", i, !s ? "is NULL" : !s[0]
              ? "is empty, so nothing could be written"
              : "begins inside a character");
  }
}

static void check_logits(const Tensor *x, const Tensor *y)
{
  if (y->rank != 3 || y->shape[0] != 1 || y->shape[1] < 1
      || (y->shape[1] != x->shape[1] && y->shape[1] != 1))
    tt_fail(TT_ESHAPE, "tt_generate: for ids %s the model gave %s;"
            " logits are (1,T,V), or (1,1,V) of the last place",
            TT_TEXT(tt_shape(x)), TT_TEXT(tt_shape(y)));
}

typedef struct InSight { Gpt *gpt; int64_t context; } InSight;
static Tensor *in_sight(Tensor *ids, int64_t context)    // (1,T)
{
  int64_t n = ids->shape[0];
  int64_t from = context && n > context ? n - context : 0;
  return tt_unsqueeze(tt_slice(ids, 0, from, n, 1), 0);
}

static Tensor *read_again(void *memory, Tensor *ids)
{
  const InSight *s = memory;
  TT_SCOPE;
  Tensor *y = tt_gpt_features(s->gpt, in_sight(ids, s->context),
                              (GptPass){0});
  y = tt_gpt_logits(s->gpt, tt_select(y, 1, -1));
  return tt_keep(tt_select(y, 0, 0));
}

static void *begin_again(Gpt *m, int64_t context)
{
  InSight *s = bytes(sizeof *s);
  *s = (InSight){ m, context };
  return s;
}

const TextReader tt_rereader = { begin_again, read_again };
static const TextReader *const readers[] = {
  &tt_rereader,
  &tt_cached_reader,
};
enum { READERS = sizeof readers / sizeof *readers };
static Tensor *last_logits(const Writing *w)
{
  Tensor *ids = tt_slice(w->ids, 0, 0, w->n, 1);
  if (w->memory)
    return w->reader->logits(w->memory, ids);
  Tensor *x = in_sight(ids, w->context);
  Tensor *y = tt_forward(w->model, x);
  check_logits(x, y);
  return tt_select(tt_select(y, 0, 0), 0, y->shape[1] - 1);
}

static int64_t begun(const char *s, int64_t n, const char *stop)
{
  int64_t k = (int64_t)strlen(stop) - 1;
  k = k < n ? k : n;
  while (k > 0 && memcmp(s + n - k, stop, (size_t)k) != 0)
    k--;
  return k;
}

static bool show(Writing *w, Piece new)      // is it a stop text?
{
  TT_SCOPE;
  int64_t n = w->n_held + new.n, held = 0;
  char *s = bytes(n + 1);
  memcpy(s, w->held, (size_t)w->n_held);
  memcpy(s + w->n_held, new.at, (size_t)new.n);
  int64_t end = first_stop(w->o, s, w->n_held, n);
  for (int i = 0; i < w->o->stop_texts && end < 0; i++) {
    int64_t k = begun(s, n, w->o->stop_text[i]);
    held = k > held ? k : held;
  }
  give(w, s, end < 0 ? n - held : end);
  memcpy(w->held, s + n - held, (size_t)held);
  w->n_held = held;
  return end >= 0;
}

static void write_tokens(void *writing)
{
  Writing *w = writing;
  const GenerationOptions *o = w->o;
  while (w->why == TT_WROTE_ALL && w->n < w->room) {
    TT_NO_GRAD;
    const Tensor *seen = tt_slice(w->ids, 0, 0, w->n, 1);
    TokenChoice c = tt_next_token(last_logits(w), seen, w->sampling);
    put(w, c);
    if (is_stop(o, c.id))
      w->why = TT_STOP_ID;
    else if (w->stream && show(w, tt_stream_next(w->stream, c.id)))
      w->why = TT_STOP_TEXT;
    if (o->token && !o->token(o->arg, c) && w->why == TT_WROTE_ALL)
      w->why = TT_STOP_ASKED;
  }
  if (w->why != TT_STOP_TEXT)
    give(w, w->held, w->n_held);
}

static Gpt *as_gpt(void *model)
{
  return ((Module *)model)->type == &tt_gpt_type ? model : NULL;
}

static void choose_reader(Writing *w)
{
  const TextReader *wish = w->o->reader;
  for (int i = READERS - 1; w->gpt && !w->memory && i >= 0; i--) {
    w->reader = wish ? wish : readers[i];
    w->memory = w->reader->begin(w->gpt, w->context);
  }
  if (wish && !w->memory)
    tt_fail(TT_EVALUE, "tt_generate: this .reader is not for this"
            " model; NULL takes one that is");
}

static int64_t longest_stop(const GenerationOptions *o)
{
  size_t most = 0;
  for (int i = 0; i < o->stop_texts; i++) {
    size_t k = strlen(o->stop_text[i]);
    most = k > most ? k : most;
  }
  return (int64_t)most;
}

static Writing begin(void *model, const Tensor *prompt, int64_t n,
                     const GenerationOptions *o)
{
  int64_t t = prompt->shape[0];
  Writing w = { .model = model, .gpt = as_gpt(model), .o = o,
                .context = o->context, .sampling = o->sampling,
                .prompt = t, .n = t, .room = t + n,
                .ids = tt_empty(TT_I32, TT_SHAPE(t + n)),
                .p = tt_empty(TT_F32, TT_SHAPE(n)),
                .chance = tt_empty(TT_F32, TT_SHAPE(n)),
                .held = bytes(longest_stop(o) + 1) };
  tt_copy_(tt_slice(w.ids, 0, 0, t, 1), flat(prompt));
  if (w.gpt && w.context == 0)
    w.context = w.gpt->options.context;
  choose_reader(&w);
  if (!o->tokenizer)
    return w;
  w.stream = tt_text_stream_new(o->tokenizer);
  int32_t *v = &w.sampling.vocabulary;
  if (*v == 0 || *v > o->tokenizer->size)
    *v = o->tokenizer->size;
  return w;
}

static Tensor *shown_text(const Writing *w, const Tensor *ids)
{
  TT_SCOPE;
  Tensor *all = tt_decode(w->o->tokenizer, ids);
  Tensor *y = tt_empty(TT_U8, TT_SHAPE(w->shown + 1));
  memcpy(y->data, all->data, (size_t)w->shown);
  ((char *)y->data)[w->shown] = 0;
  return tt_keep(tt_slice(y, 0, 0, w->shown, 1));
}

WrittenTokens tt_generate(void *model, const Tensor *prompt, int64_t n,
                          GenerationOptions o)
{
  check_prompt(prompt, n, &o);
  check_stops(&o);
  TT_SCOPE;
  Writing w = begin(model, prompt, n, &o);
  tt_in_eval_mode(model, write_tokens, &w);
  int64_t wrote = w.n - w.prompt;
  Tensor *ids = tt_slice(w.ids, 0, w.prompt, w.n, 1);
  return (WrittenTokens){
    .ids = tt_keep(ids), .why = w.why,
    .p = tt_keep(tt_slice(w.p, 0, 0, wrote, 1)),
    .chance = tt_keep(tt_slice(w.chance, 0, 0, wrote, 1)),
    .text = w.stream ? tt_keep(shown_text(&w, ids)) : NULL };
}

void tt_show_text(void *to, Piece p)
{
  fwrite(p.at, 1, (size_t)p.n, to);
  fflush(to);
}
