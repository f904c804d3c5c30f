// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// Transformers: MLPs, blocks and Gpt, a model of language.
#include "tt/transformers.h"
#include "tt/activations.h"
#include "tt/error.h"
#include "tt/autograd.h"
#include "tt/locale.h"
#include "tt/losses.h"
#include "tt/memory.h"
#include "tt/operation.h"
#include "tt/todo.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Tensor *mlp_forward(Module *base, Tensor *x)
{
  Mlp *m = (Mlp *)base;
  return tt_forward(m->down, tt_gelu_tanh(tt_forward(m->up, x)));
}

static Tensor *swiglu_forward(Module *base, Tensor *x)
{
  SwiGlu *m = (SwiGlu *)base;
  Tensor *open = tt_silu(tt_forward(m->gate, x));
  return tt_forward(m->down, tt_mul(open, tt_forward(m->up, x)));
}

static const ModuleField mlp_fields[] = {
  TT_CHILD(Mlp, up), TT_CHILD(Mlp, down), {0}
};
const ModuleType tt_mlp_type = {
  "Mlp", sizeof(Mlp), mlp_fields, mlp_forward, NULL
};
static const ModuleField swiglu_fields[] = {
  TT_CHILD(SwiGlu, gate), TT_CHILD(SwiGlu, up), TT_CHILD(SwiGlu, down),
  {0}
};
const ModuleType tt_swiglu_type = {
  "SwiGlu", sizeof(SwiGlu), swiglu_fields, swiglu_forward, NULL
};
static Tensor *dropped(TransformerBlock *m, Tensor *y)
{
  return tt_dropout(y, m->dropout, m->base.training, &m->random);
}

static Tensor *attended(TransformerBlock *m, Tensor *y, GptPass p,
                        int layer)
{
  return p.attend ? p.attend(p.memory, layer, m->attention, y)
                  : tt_forward(m->attention, y);
}

Tensor *tt_block(TransformerBlock *m, Tensor *x, GptPass p, int layer)
{
  TT_SCOPE;
  tt_span(TT_SPAN_MODULE, m);
  Tensor *y = tt_forward(m->norm1, x);
  x = tt_add(x, dropped(m, attended(m, y, p, layer)));
  y = tt_forward(m->mlp, tt_forward(m->norm2, x));
  return tt_keep(tt_add(x, dropped(m, y)));
}

static Tensor *block_forward(Module *m, Tensor *x)
{
  return tt_block((TransformerBlock *)m, x, (GptPass){0}, 0);
}

static const ModuleField block_fields[] = {
  TT_CHILD(TransformerBlock, norm1),
  TT_CHILD(TransformerBlock, attention),
  TT_CHILD(TransformerBlock, norm2), TT_CHILD(TransformerBlock, mlp),
  TT_GENERATOR(TransformerBlock, random), {0}
};
const ModuleType tt_transformer_block_type = {
  "TransformerBlock", sizeof(TransformerBlock), block_fields,
  block_forward, NULL
};
static void check_options(const char *op, const GptOptions *o)
{
  const int64_t most = 1 << 22;    // so that no count overflows
  if (o->vocab_size < 1 || o->vocab_size > INT32_MAX || o->context < 1
      || o->context > INT32_MAX || o->layers < 0 || o->layers > 10000)
    tt_fail(TT_EVALUE, "%s: vocab_size %lld, context %lld, layers %lld;"
            " the first two are from 1 to 2^31 - 1, the last from 0 to"
            " 10000", op, (long long)o->vocab_size,
            (long long)o->context, (long long)o->layers);
  if (o->dim > most || o->hidden > most)
    tt_fail(TT_EVALUE, "%s: dim %lld, hidden %lld; each is at most"
            " %lld", op, (long long)o->dim, (long long)o->hidden,
            (long long)most);
  if (o->heads < 1 || o->dim < 1 || o->dim % o->heads != 0)
    tt_fail(TT_EVALUE, "%s: %lld heads of %lld numbers; the number of"
            " heads divides dim", op, (long long)o->heads,
            (long long)o->dim);
  if (o->kv_heads < 0 || (o->kv_heads > 0
                          && o->heads % o->kv_heads != 0))
    tt_fail(TT_EVALUE, "%s: %lld heads share %lld; the second number"
            " divides the first", op, (long long)o->heads,
            (long long)o->kv_heads);
  if (o->hidden < 0 || !(o->dropout >= 0 && o->dropout <= 1)
      || !(o->eps >= 0 && isfinite(o->eps))
      || !(o->rotary >= 0 && isfinite(o->rotary)))
    tt_fail(TT_EVALUE, "%s: hidden %lld, dropout %g, eps %g, rotary %g;"
            " none is below 0 or infinite, and dropout is at most 1",
            op, (long long)o->hidden, o->dropout, o->eps, o->rotary);
}

static GptOptions complete(const char *op, GptOptions o)
{
  check_options(op, &o);
  o.kv_heads = o.kv_heads ? o.kv_heads : o.heads;
  o.eps = o.eps > 0 ? o.eps : 1e-5;
  if (o.hidden == 0)
    o.hidden = o.swiglu ? (8 * o.dim / 3 + 31) / 32 * 32 : 4 * o.dim;
  return o;
}

GptOptions tt_llama_like(GptOptions o)
{
  o.rms_norm = o.swiglu = o.no_bias = true;
  o.rotary = o.rotary > 0 ? o.rotary : 10000;
  return o;
}

static void need_gpt(const char *op, const Gpt *m)
{
  if (!m)
    tt_fail(TT_EVALUE, "%s: NULL is no model", op);
}

static void check_ids(const Gpt *m, const Tensor *ids)
{
  need_gpt("tt_gpt_features", m);
  if (ids->dtype != TT_I32)
    tt_fail(TT_EDTYPE, "Gpt: ids of %s; they are i32 (B,T), so convert"
            " them with tt_to(ids, TT_I32)", tt_dtype_name(ids->dtype));
  if (ids->rank != 2)
    tt_fail(TT_ESHAPE, "Gpt: ids %s; they are (B,T)%s",
            TT_TEXT(tt_shape(ids)), ids->rank == 1 ? "\n  one sequence"
            " becomes a batch with tt_unsqueeze(ids, 0)" : "");
}

static void check_pass(const Gpt *m, const Tensor *ids,
                       const GptPass *p)
{
  int64_t most = m->options.context, n = ids->shape[1];
  const Tensor *at = p->places;
  if (!p->attend && n > most)
    tt_fail(TT_ESHAPE, "Gpt: ids %s; the context has %lld places\n "
            " keep the last: tt_slice(ids, 1, -%lld, INT64_MAX, 1)",
            TT_TEXT(tt_shape(ids)), (long long)most, (long long)most);
  if (at && (!p->attend || at->rank < 1 || at->rank > 2
             || at->shape[at->rank - 1] != n))
    tt_fail(TT_ESHAPE, "Gpt: ids %s, places %s%s; places are (T) or"
            " (B,T), and for a pass with .attend, which knows them",
            TT_TEXT(tt_shape(ids)), TT_TEXT(tt_shape(at)),
            p->attend ? "" : " without .attend");
}

Tensor *tt_gpt_features(Gpt *m, Tensor *ids, GptPass p)
{
  check_ids(m, ids);
  check_pass(m, ids, &p);
  TT_SCOPE;
  tt_span(TT_SPAN_MODULE, m);
  Tensor *x = tt_forward(m->tokens, ids);
  if (m->places)
    x = tt_add(x, tt_forward(m->places, p.places ? p.places
                             : tt_positions(0, ids->shape[1])));
  x = tt_dropout(x, m->options.dropout, m->base.training, &m->random);
  for (int i = 0; i < m->layers; i++)
    x = tt_block(m->block[i], x, p, i);
  return tt_keep(tt_forward(m->norm, x));
}

Tensor *tt_gpt_logits(Gpt *m, Tensor *features)
{
  need_gpt("tt_gpt_logits", m);
  return m->head ? tt_forward(m->head, features)
                 : tt_linear(features, m->tokens->weight, NULL);
}

static Tensor *gpt_forward(Module *base, Tensor *ids)
{
  Gpt *m = (Gpt *)base;
  return tt_gpt_logits(m, tt_gpt_features(m, ids, (GptPass){0}));
}

static void gpt_describe(Module *base, FILE *f)
{
  const GptOptions *o = &((Gpt *)base)->options;
  fprintf(f, "vocab_size=%lld, context=%lld", (long long)o->vocab_size,
          (long long)o->context);
}

static const ModuleField gpt_fields[] = {
  TT_CHILD(Gpt, tokens), TT_CHILD(Gpt, places),
  TT_CHILDREN(Gpt, block, layers), TT_CHILD(Gpt, norm),
  TT_CHILD(Gpt, head), TT_GENERATOR(Gpt, random), {0}
};
const ModuleType tt_gpt_type = {
  "Gpt", sizeof(Gpt), gpt_fields, gpt_forward, gpt_describe
};
static double last_std(const GptOptions *o)
{
  return 0.02 / sqrt(2 * (double)o->layers);
}

static Linear *linear(int64_t in, int64_t out, double std,
                      const GptOptions *o, Generator *g)
{
  Linear *l = (o->no_bias ? tt_linear_new_no_bias
                          : tt_linear_new)(in, out, g);
  tt_normal_(l->weight, 0, std, g);
  if (l->bias)
    tt_uniform_(l->bias, 0, 0, g);
  return l;
}

static Embedding *table(int64_t rows, const GptOptions *o, Generator *g)
{
  Embedding *e = tt_embedding_new(rows, o->dim, (EmbeddingOptions){0},
                                  g);
  tt_normal_(e->weight, 0, 0.02, g);
  return e;
}

static Module *norm_new(const GptOptions *o)
{
  if (o->rms_norm)
    return &tt_rms_norm_new(o->dim, o->eps)->base;
  LayerNorm *n = tt_layer_norm_new(o->dim, o->eps);
  if (o->no_bias)
    n->bias = NULL;
  return &n->base;
}

static Module *mlp_new(const GptOptions *o, Generator *g)
{
  int64_t d = o->dim, h = o->hidden;
  if (o->swiglu) {
    SwiGlu *m = tt_module_new(&tt_swiglu_type);
    m->gate = linear(d, h, 0.02, o, g);
    m->up = linear(d, h, 0.02, o, g);
    m->down = linear(h, d, last_std(o), o, g);
    return &m->base;
  }
  Mlp *m = tt_module_new(&tt_mlp_type);
  m->up = linear(d, h, 0.02, o, g);
  m->down = linear(h, d, last_std(o), o, g);
  return &m->base;
}

static MultiHeadAttention *attention_new(const GptOptions *o,
                                         Generator *g)
{
  MultiHeadOptions a = { .kv_heads = (int)o->kv_heads, .causal = true,
                         .no_bias = o->no_bias, .rotary = o->rotary,
                         .dropout = o->dropout };
  MultiHeadAttention *m = tt_multi_head_attention_new(
    o->dim, (int)o->heads, a, g);
  Linear *read[] = { m->query, m->key, m->value };
  for (int i = 0; i < 3; i++)
    tt_normal_(read[i]->weight, 0, 0.02, g);
  tt_normal_(m->out->weight, 0, last_std(o), g);
  return m;
}

static TransformerBlock *block_new(const GptOptions *o, Generator *g)
{
  TransformerBlock *m = tt_module_new(&tt_transformer_block_type);
  m->norm1 = norm_new(o);
  m->attention = attention_new(o, g);
  m->norm2 = norm_new(o);
  m->mlp = mlp_new(o, g);
  m->dropout = o->dropout;
  tt_manual_seed(&m->random, tt_random(g));
  return m;
}

Gpt *tt_gpt_new(GptOptions o, Generator *g)
{
  o = complete("tt_gpt_new", o);
  size_t array = (size_t)o.layers * sizeof(TransformerBlock *);
  Gpt *m = tt_module_new_with(&tt_gpt_type, array);
  m->options = o;
  m->tokens = table(o.vocab_size, &o, g);
  if (o.rotary == 0)
    m->places = table(o.context, &o, g);
  m->layers = (int)o.layers;
  m->block = (TransformerBlock **)(m + 1);
  for (int i = 0; i < m->layers; i++)
    m->block[i] = block_new(&o, g);
  m->norm = norm_new(&o);
  if (o.untied) {
    m->head = tt_linear_new_no_bias(o.dim, o.vocab_size, g);
    tt_normal_(m->head->weight, 0, 0.02, g);
  }
  tt_manual_seed(&m->random, tt_random(g));
  return m;
}

int64_t tt_gpt_parameters(GptOptions o)
{
  o = complete("tt_gpt_parameters", o);
  int64_t d = o.dim, kv = d / o.heads * o.kv_heads, h = o.hidden;
  int64_t n = 0;
  int64_t norm = o.rms_norm || o.no_bias ? d : 2 * d;
  int64_t attention = 2 * d * d + 2 * d * kv;
  int64_t mlp = (o.swiglu ? 3 : 2) * d * h;
  int64_t biases = 2 * d + 2 * kv + (o.swiglu ? 2 : 1) * h + d;
  n = o.vocab_size * d * (o.untied ? 2 : 1);
  n += o.rotary > 0 ? 0 : o.context * d;
  n += o.layers * (attention + mlp + 2 * norm);
  n += o.no_bias ? 0 : o.layers * biases;
  n += norm;
  return n;
}

double tt_gpt_flops(GptOptions o, int64_t tokens)
{
  o = complete("tt_gpt_flops", o);
  double t = (double)tokens, d = (double)o.dim, h = (double)o.hidden;
  double kv = d / (double)o.heads * (double)o.kv_heads;
  double weights = 2 * d * d + 2 * d * kv + (o.swiglu ? 3 : 2) * d * h;
  double scores = 2 * t * d;       // q k^T and p v, a place
  double head = (double)o.vocab_size * d;
  return 2 * t * ((double)o.layers * (weights + scores) + head);
}

static void check_text(const char *op, const Tensor *ids, int64_t n,
                       int64_t t)
{
  if (ids->dtype != TT_I32 || ids->rank != 1)
    tt_fail(ids->rank != 1 ? TT_ESHAPE : TT_EDTYPE, "%s: ids %s of %s;"
            " a text is one row of ids, i32 (N)", op,
            TT_TEXT(tt_shape(ids)), tt_dtype_name(ids->dtype));
  if (n < 1 || t < 1)
    tt_fail(TT_EVALUE, "%s: %lld windows of %lld ids; give 1 or more of"
            " both", op, (long long)n, (long long)t);
  if (ids->shape[0] <= t || ids->shape[0] > INT32_MAX)
    tt_fail(TT_ESHAPE, "%s: a text of %lld ids; a window of %lld needs"
            " one more, to follow its last", op,
            (long long)ids->shape[0], (long long)t);
}

static Batch windows_at(Tensor *ids, int64_t at, int64_t n, int64_t t)
{
  Shape s = TT_SHAPE(n, t);
  Tensor *x = tt_slice(ids, 0, at, at + n * t, 1);
  Tensor *y = tt_slice(ids, 0, at + 1, at + n * t + 1, 1);
  return (Batch){ tt_reshape(x, s), tt_reshape(y, s) };
}

Batch tt_windows(Tensor *ids, int64_t n, int64_t t, Generator *g)
{
  check_text("tt_windows", ids, n, t);
  Batch b = { tt_empty(TT_I32, TT_SHAPE(n, t)),
              tt_empty(TT_I32, TT_SHAPE(n, t)) };
  TT_SCOPE;
  int32_t last = (int32_t)(ids->shape[0] - t);
  Tensor *at = tt_randint(0, last, TT_SHAPE(n), g);
  for (int64_t i = 0; i < n; i++) {
    Batch one = windows_at(ids, ((int32_t *)at->data)[i], 1, t);
    tt_copy_(tt_slice(b.x, 0, i, i + 1, 1), one.x);
    tt_copy_(tt_slice(b.y, 0, i, i + 1, 1), one.y);
  }
  return b;
}

Tensor *tt_language_loss(Tensor *logits, Tensor *targets)
{
  TT_SCOPE;
  int64_t v = logits->rank > 0 ? logits->shape[logits->rank - 1] : 0;
  return tt_keep(tt_cross_entropy(tt_reshape(logits, TT_SHAPE(-1, v)),
                                  tt_reshape(targets, TT_SHAPE(-1))));
}

static double sum_of_losses(Gpt *m, Batch b)
{
  TT_SCOPE;
  return tt_item(tt_language_loss(tt_forward(m, b.x), b.y))
         * (double)tt_numel(b.y);
}

typedef struct WholeText { Gpt *m; Tensor *ids; double sum; } WholeText;

static void price(void *text)      // in eval mode
{
  WholeText *w = text;
  Gpt *m = w->m;
  Tensor *ids = w->ids;
  TT_NO_GRAD;
  double sum = 0;
  int64_t targets = ids->shape[0] - 1, longest = m->options.context;
  for (int64_t at = 0, t = longest; at < targets;) {
    int64_t n = (targets - at) / t;
    n = n > 16 ? 16 : n;
    if (n == 0)
      n = 1, t = targets - at;
    sum += sum_of_losses(m, windows_at(ids, at, n, t));
    at += n * t;
  }
  w->sum = sum;
}

double tt_gpt_loss(Gpt *m, Tensor *ids)
{
  need_gpt("tt_gpt_loss", m);
  check_text("tt_gpt_loss", ids, 1, 1);
  WholeText w = { .m = m, .ids = ids };
  tt_in_eval_mode(m, price, &w);
  return w.sum / (double)(ids->shape[0] - 1);
}

typedef enum { WHOLE, NUMBER, SWITCH } OptionKind;
typedef struct OptionField {
  const char *name;
  OptionKind  kind;
  size_t      offset;
} OptionField;
#define OPTION(name, kind) \
  { "gpt." #name, kind, offsetof(GptOptions, name) }
static const OptionField option_fields[] = {
  OPTION(vocab_size, WHOLE), OPTION(context, WHOLE),
  OPTION(dim, WHOLE), OPTION(layers, WHOLE), OPTION(heads, WHOLE),
  OPTION(kv_heads, WHOLE), OPTION(hidden, WHOLE),
  OPTION(dropout, NUMBER), OPTION(eps, NUMBER), OPTION(rotary, NUMBER),
  OPTION(rms_norm, SWITCH), OPTION(swiglu, SWITCH),
  OPTION(no_bias, SWITCH), OPTION(untied, SWITCH)
};
enum { OPTIONS = sizeof option_fields / sizeof *option_fields };
static double get_option(const GptOptions *o, const OptionField *f)
{
  const char *at = (const char *)o + f->offset;
  return f->kind == WHOLE ? (double)*(const int64_t *)(const void *)at
       : f->kind == NUMBER ? *(const double *)(const void *)at
       : *(const bool *)at;
}

static void set_option(GptOptions *o, const OptionField *f, double v)
{
  char *at = (char *)o + f->offset;
  if (f->kind == WHOLE)
    *(int64_t *)(void *)at = (int64_t)v;
  else if (f->kind == NUMBER)
    *(double *)(void *)at = v;
  else
    *(bool *)at = v != 0;
}

void tt_gpt_save(const char *path, Gpt *m, Metadata more)
{
  need_gpt("tt_gpt_save", m);
  tt_check_metadata("tt_gpt_save", more);
  TT_SCOPE;
  TT_C_LOCALE;
  int64_t n = OPTIONS + more.n;
  int64_t bytes = n * (int64_t)sizeof(MetaPair);
  MetaPair *pair = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  char text[OPTIONS][32];
  for (int i = 0; i < OPTIONS; i++) {
    snprintf(text[i], sizeof text[i], "%.17g",
             get_option(&m->options, &option_fields[i]));
    pair[i] = (MetaPair){ option_fields[i].name, text[i] };
  }
  for (int i = 0; i < more.n; i++)
    pair[OPTIONS + i] = more.pair[i];
  tt_save_file(path, tt_module_state_dict(m),
               (Metadata){ .n = (int)n, .pair = pair });
}

GptOptions tt_gpt_options(const char *path, Metadata m)
{
  TT_C_LOCALE;
  GptOptions o = {0};
  for (int i = 0; i < OPTIONS; i++) {
    const OptionField *f = &option_fields[i];
    const char *text = tt_metadata_get(m, f->name);
    char *end = NULL;
    double v = text ? strtod(text, &end) : -1;
    if (!text || end == text || *end || !(v >= 0 && isfinite(v))
        || (f->kind == WHOLE && (v > 0x1p31 || v != floor(v))))
      tt_fail(TT_EFORMAT, "tt_gpt_load: %s: its %s is %s; was it"
              " written by tt_gpt_save?", path, f->name,
              text ? text : "not there");
    set_option(&o, f, v);
  }
  return o;
}

Metadata tt_keep_metadata(Metadata m)
{
  int64_t size = m.n * (int64_t)sizeof(MetaPair);
  for (int i = 0; i < m.n; i++)
    size += (int64_t)(strlen(m.pair[i].key)
                      + strlen(m.pair[i].value)) + 2;
  MetaPair *pair = tt_keep(tt_empty(TT_U8, TT_SHAPE(size)))->data;
  char *to = (char *)(pair + m.n);
  for (int i = 0; i < m.n; i++) {
    pair[i].key = to;
    to = stpcpy(to, m.pair[i].key) + 1;
    pair[i].value = to;
    to = stpcpy(to, m.pair[i].value) + 1;
  }
  return (Metadata){ .n = m.n, .pair = pair };
}

Gpt *tt_gpt_load(const char *path, Metadata *more)
{
  TT_SCOPE;
  Metadata m = {0};
  StateDict all = tt_load_file_with(path, &m);
  GptOptions o = tt_gpt_options(path, m);
  int64_t n = 0;
  for (int i = 0; i < all.n; i++)
    n += tt_numel(*all.entry[i].slot);
  if (n != tt_gpt_parameters(o))
    tt_fail(TT_EFORMAT, "tt_gpt_load: %s: it holds %lld numbers, and a"
            " model of its options %lld", path, (long long)n,
            (long long)tt_gpt_parameters(o));
  Gpt *gpt = tt_gpt_new(o, NULL);
  tt_module_load_state_dict(gpt, all);
  tt_module_eval(gpt);
  if (more)
    *more = tt_keep_metadata(m);
  return tt_module_keep(gpt);
}
