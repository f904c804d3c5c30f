// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// Layers whose weights are packed, and models made of them.
#include "tt/quantization.h"
#include "tt/autograd.h"
#include "tt/gradient.h"
#include "tt/modelsize.h"
#include "tt/operation.h"
#include "tt/qat.h"
#include "tt/qconv.h"
#include "tt/todo.h"
#include <string.h>

static void back_to_floats(int64_t n, const int32_t *sum, Real scale,
                           const Real *scales, const Real *bias,
                           Real *y)
{
  for (int64_t j = 0; j < n; j++) {
    y[j] = (Real)sum[j] * (scale * scales[j]) + (bias ? bias[j] : 0);
  }
}

static Tensor *by_bytes(Tensor *x, const Quantized *w, Tensor *bias)
{
  int64_t m = x->shape[0], k = x->shape[1], n = w->shape.dim[0];
  Tensor *q = tt_empty(TT_I8, TT_SHAPE(m, k));
  Tensor *scale = tt_empty(TT_F32, TT_SHAPE(m));
  Tensor *sums = tt_empty(TT_I32, TT_SHAPE(m, n));
  Tensor *y = tt_empty(TT_F32, TT_SHAPE(m, n));
  tt_round_rows(m, k, x->data, q->data, scale->data);
  tt_backend->qgemm(&(QGemm){ m, n, k, q->data, k, w->q->data, k,
                              sums->data, n });
  for (int64_t i = 0; i < m; i++)
    back_to_floats(n, (int32_t *)sums->data + i * n,
                   ((Real *)scale->data)[i], w->scale->data,
                   bias ? bias->data : NULL, (Real *)y->data + i * n);
  return y;
}

enum { STRIP = 4096 };             // numbers: 16 KiB of f32

static Tensor *by_strips(Tensor *x, const Quantized *w, Tensor *bias)
{
  int64_t m = x->shape[0], k = x->shape[1], n = w->shape.dim[0];
  int64_t rows = k < STRIP / 4 ? STRIP / (k > 0 ? k : 1) : 4;
  Tensor *strip = tt_empty(TT_F32, TT_SHAPE(rows, k));
  Tensor *y = tt_empty(TT_F32, TT_SHAPE(m, n));
  if (bias)
    tt_copy_(y, tt_expand(bias, TT_SHAPE(m, n)));
  for (int64_t j = 0; j < n; j += rows) {
    rows = n - j < rows ? n - j : rows;
    tt_widen_rows(w, j, rows, strip->data);
    tt_backend->gemm(&(Gemm){ .batch = 1, .m = m, .n = rows, .k = k,
      .a = x->data, .a_row = k, .a_col = 1,
      .b = strip->data, .b_row = 1, .b_col = k,
      .c = (Real *)y->data + j, .c_row = n, .c_col = 1,
      .alpha = 1, .beta = bias ? 1 : 0 });
  }
  return y;
}

void tt_refuse_gradient(TapeNode *k)
{
  tt_fail(TT_EVALUE, "%s has no gradient, since its weights are packed;"
          " train first, then pack", k->op->name);
}

Op tt_op_quant_linear = { .name = "tt_quant_linear",
                          .backward = tt_refuse_gradient };

// whole rows of q, symmetric, so that scales leave the sums
static bool has_scale_per_row(const Quantized *w)
{
  return w->scale && w->scheme.bits == 8 && !w->scheme.affine
    && w->scheme.sharing == TT_PER_CHANNEL && w->scheme.axis == 0;
}

static void check_linear(const Tensor *x, const Quantized *w,
                         const Tensor *bias)
{
  const char *op = "tt_quant_linear";
  tt_need_f32(op, x);
  tt_alive(op, w->q);
  if (!w->q)
    tt_fail(TT_EVALUE, "%s: the weight has no numbers", op);
  Shape s = w->shape;
  if (x->rank < 1 || s.rank != 2 || x->shape[x->rank - 1] != s.dim[1])
    tt_fail(TT_ESHAPE, "%s: input %s, weight %s; the input is (..,in),"
            " the weight (out,in)", op, TT_TEXT(tt_shape(x)),
            TT_TEXT(s));
  if (bias)
    tt_need_f32(op, bias);
  if (bias && (bias->rank != 1 || bias->shape[0] != s.dim[0]))
    tt_fail(TT_ESHAPE, "%s: weight %s, bias %s; the bias has one number"
            " for each of %lld outputs", op, TT_TEXT(s),
            TT_TEXT(tt_shape(bias)), (long long)s.dim[0]);
  if (s.dim[1] > TT_QGEMM_K)
    tt_fail(TT_EVALUE, "%s: sums of %lld products; an i32 is certain to"
            " hold %d", op, (long long)s.dim[1], TT_QGEMM_K);
}

Tensor *tt_quant_linear(Tensor *x, Quantized w, Tensor *bias,
                        bool weight_only)
{
  check_linear(x, &w, bias);
  TT_NO_GRAD;
  Shape s = tt_shape(x);
  int64_t k = s.dim[s.rank - 1], m = 1;
  for (int d = 0; d < s.rank - 1; d++)
    m *= s.dim[d];
  bool bytes = !weight_only && has_scale_per_row(&w);
  bias = bias ? tt_contiguous(bias) : NULL;
  Tensor *rows = tt_reshape(tt_detach(tt_contiguous(x)),
                            TT_SHAPE(m, k));
  s.dim[s.rank - 1] = w.shape.dim[0];
  Tensor *y = tt_reshape((bytes ? by_bytes : by_strips)(rows, &w, bias),
                         s);
  return tt_record(&tt_op_quant_linear, tt_keep(y), 1, &x, (Attr){0});
}

static QuantScheme scheme_of(const QuantFormat *f)
{
  bool groups = f->group > 0 || f->bits == 4;
  return (QuantScheme){ .bits = f->bits,
    .group = f->group ? f->group : 32,
    .sharing = groups ? TT_PER_GROUP : TT_PER_CHANNEL };
}

Quantized tt_pack(Tensor *w, QuantFormat f)
{
  if (f.type == TT_F32)
    return tt_quantize_tensor(w, scheme_of(&f));
  if (f.type != TT_F16 && f.type != TT_BF16)
    tt_fail(TT_EDTYPE, "tt_pack: weights of %s; they are f16 or bf16,"
            " or have bits", tt_dtype_name(f.type));
  TT_NO_GRAD;
  return (Quantized){ .q = tt_keep(tt_to(w, f.type)),
                      .shape = tt_shape(w) };
}

Tensor *tt_format_code(const QuantFormat *f)
{
  return tt_from_int(TT_SHAPE(4), (int32_t[]){
    f->bits, (int32_t)f->group, (int32_t)f->type, f->weight_only });
}

static Quantized weight_of(Tensor *q, Tensor *scale, Shape s,
                           const QuantFormat *f)
{
  return (Quantized){ q, scale, NULL, s, scheme_of(f) };
}

static Tensor *quant_linear_forward(Module *base, Tensor *x)
{
  QuantLinear *m = (QuantLinear *)base;
  Quantized w = weight_of(m->linear.weight, m->scale, m->shape,
                          &m->format);
  return tt_quant_linear(x, w, m->linear.bias, m->format.weight_only);
}

void tt_format_describe(const QuantFormat *f, FILE *to)
{
  if (f->type)
    fprintf(to, ", %s", tt_dtype_name(f->type));
  else
    fprintf(to, ", bits=%d", f->bits);
  if (f->group)
    fprintf(to, ", group=%lld", (long long)f->group);
}

static void quant_linear_describe(Module *base, FILE *f)
{
  QuantLinear *m = (QuantLinear *)base;
  fprintf(f, "in_features=%lld, out_features=%lld, bias=%s",
          (long long)m->shape.dim[1], (long long)m->shape.dim[0],
          m->linear.bias ? "True" : "False");
  tt_format_describe(&m->format, f);
}

static const ModuleField quant_linear_fields[] = {
  { "weight", TT_BUFFER, offsetof(QuantLinear, linear.weight), 0 },
  TT_BUFFER(QuantLinear, scale),
  { "bias", TT_PARAM, offsetof(QuantLinear, linear.bias), 0 },
  TT_BUFFER(QuantLinear, code), {0}
};
const ModuleType tt_quant_linear_type = {
  "QuantLinear", sizeof(QuantLinear), quant_linear_fields,
  quant_linear_forward, quant_linear_describe
};
static const ModuleField shared_fields[] = { {0} };
static const ModuleType shared_type = {  // its numbers are another's
  "QuantLinear", sizeof(QuantLinear), shared_fields,
  quant_linear_forward, quant_linear_describe
};
static void check_rows(const Tensor *ids, int64_t rows)
{
  const int32_t *id = ids->data;
  for (int64_t i = 0, n = tt_numel(ids); i < n; i++)
    if (id[i] < 0 || id[i] >= rows)
      tt_fail(TT_EINDEX, "QuantEmbedding: id %d at %s; the table has"
              " %lld rows, 0 to %lld", (int)id[i],
              TT_TEXT(tt_index_of(ids, i)), (long long)rows,
              (long long)rows - 1);
}

static Tensor *quant_embedding_forward(Module *base, Tensor *ids)
{
  QuantEmbedding *m = (QuantEmbedding *)base;
  Shape s = tt_shape(ids);
  if (ids->dtype != TT_I32 || s.rank == TT_MAX_RANK)
    tt_fail(TT_EDTYPE, "QuantEmbedding: ids %s %s; an id is the number"
            " of a row, an i32, in fewer than %d dimensions",
            tt_dtype_name(ids->dtype), TT_TEXT(s), TT_MAX_RANK);
  ids = tt_contiguous(ids);
  check_rows(ids, m->shape.dim[0]);
  int64_t d = s.dim[s.rank++] = m->shape.dim[1], n = tt_numel(ids);
  Quantized w = weight_of(m->embedding.weight, m->scale, m->shape,
                          &m->format);
  Tensor *y = tt_empty(TT_F32, s);
  for (int64_t i = 0; i < n; i++)
    tt_widen_rows(&w, ((int32_t *)ids->data)[i], 1,
                  (Real *)y->data + i * d);
  return y;
}

static void quant_embedding_describe(Module *base, FILE *f)
{
  QuantEmbedding *m = (QuantEmbedding *)base;
  fprintf(f, "%lld, %lld", (long long)m->shape.dim[0],
          (long long)m->shape.dim[1]);
  tt_format_describe(&m->format, f);
}

static const ModuleField quant_embedding_fields[] = {
  { "weight", TT_BUFFER, offsetof(QuantEmbedding, embedding.weight),
    0 },
  TT_BUFFER(QuantEmbedding, scale), TT_BUFFER(QuantEmbedding, code),
  {0}
};
const ModuleType tt_quant_embedding_type = {
  "QuantEmbedding", sizeof(QuantEmbedding), quant_embedding_fields,
  quant_embedding_forward, quant_embedding_describe
};
static Module *quant_linear_new(Module *from, const QuantFormat *f)
{
  Linear *old = (Linear *)from;
  QuantLinear *m = tt_module_new(&tt_quant_linear_type);
  Quantized w = tt_pack(old->weight, *f);
  m->linear.weight = w.q, m->linear.bias = old->bias;
  m->scale = w.scale, m->code = tt_format_code(f);
  m->shape = w.shape, m->format = *f;
  return &m->linear.base;
}

static Module *quant_embedding_new(Module *from, const QuantFormat *f)
{
  Embedding *old = (Embedding *)from;
  QuantEmbedding *m = tt_module_new(&tt_quant_embedding_type);
  Quantized w = tt_pack(old->weight, *f);
  m->embedding.weight = w.q, m->embedding.options = old->options;
  m->scale = w.scale, m->code = tt_format_code(f);
  m->shape = w.shape, m->format = *f;
  return &m->embedding.base;
}

static const LayerChange layers[] = {
  { &tt_linear_type, quant_linear_new },
  { &tt_embedding_type, quant_embedding_new },
  { &tt_conv2d_type, tt_quant_conv2d_new },
  { &tt_qat_linear_type, quant_linear_new },
  { &tt_qat_conv2d_type, tt_quant_conv2d_new },
  {0}
};
static void go_home(void *home, const char *name, FieldKind kind,
                    void *slot)
{
  (void)name;
  Tensor *t = kind == TT_CHILD ? (*(ChildModule *)slot)->block
            : kind == TT_GENERATOR ? NULL : *(Tensor **)slot;
  if (t && t->scope == tt_scope())
    tt_move(t, home);
}

// all that is new of it goes where the old one is
static Module *move_home(Module *new, const Module *old)
{
  tt_module_walk(new, go_home, old->block->scope);
  new->training = old->training;
  return new;
}

typedef struct Choice {            // what make_layer goes by
  const LayerChange *layers;
  bool  (*choose)(const void *arg, const char *name, QuantFormat *f);
  const void *arg;
} Choice;

typedef struct Replacing {
  LayerMaker *make;
  void   *arg;
  const char *const *skip;
  bool    inside;                  // the model itself stays
  Module *root;                    // the model, a layer itself or not
  int     n, made;                 // modules; of them replaced
  Module **old, **new;             // new NULL: it stays
} Replacing;

static int place_of(const Replacing *r, const void *old)
{
  int i = 0;
  while (i < r->n && r->old[i] != old)
    i++;
  return i;
}

static bool is_listed(const Replacing *r, const void *old)
{
  return place_of(r, old) < r->n;
}

static Module *new_for(const Replacing *r, const void *old)  // or NULL
{
  int i = place_of(r, old);
  return i < r->n ? r->new[i] : NULL;
}

static void list(Replacing *r, Module *old, Module *new)
{
  r->old[r->n] = old, r->new[r->n++] = new;
  r->made += new != NULL;
}

// what is in two places stays in both
static void list_skipped(void *arg, const char *name, FieldKind kind,
                         void *slot)
{
  Replacing *r = arg;
  Module *m = kind == TT_CHILD ? *(ChildModule *)slot : NULL;
  if (m && tt_named(name, r->skip) && !is_listed(r, m))
    list(r, m, NULL);
}

static Module *make_layer(void *arg, const char *name, Module *old)
{
  const Choice *c = arg;
  QuantFormat f = {0};
  for (const LayerChange *l = c->layers; l->type; l++)
    if (old->type == l->type && c->choose(c->arg, name, &f))
      return l->replace(old, &f);
  return NULL;                     // it stays
}

static void make_new(void *arg, const char *name, FieldKind kind,
                     void *slot)
{
  Replacing *r = arg;
  Module *old = kind == TT_CHILD ? *(ChildModule *)slot : NULL;
  if (!old || is_listed(r, old))   // it is in two places
    return;
  bool may = *name || !r->inside;
  list(r, old, may ? r->make(r->arg, name, old) : NULL);
}

static void put_in_place(void *arg, const char *name, FieldKind kind,
                         void *slot)
{
  Replacing *r = arg;
  Module *old = kind == TT_CHILD ? *(ChildModule *)slot : NULL;
  Module *new = old ? new_for(r, old) : NULL;
  if (!new)
    return;
  move_home(new, old);
  if (old->type == &tt_gpt_type)
    ((Gpt *)old)->head = (Linear *)new;
  else
    *(ChildModule *)slot = new;
  r->root = *name ? r->root : *(ChildModule *)slot;
}

static bool chosen(const Choice *c, const char *name, const char *part)
{
  char all[TT_NAME + 8];
  QuantFormat f;
  snprintf(all, sizeof all, "%s%s%s", name, *name ? "." : "", part);
  return c->choose(c->arg, all, &f);
}

static Linear *shared_head(const QuantEmbedding *e)
{
  QuantLinear *m = tt_module_new(&shared_type);
  m->linear.weight = e->embedding.weight, m->scale = e->scale;
  m->shape = e->shape, m->format = e->format;
  return &m->linear;
}

static Linear *float_head(Tensor *weight)
{
  Linear *m = tt_module_new(&tt_linear_type);
  m->weight = weight;
  return m;
}

static void make_head(void *arg, const char *name, FieldKind kind,
                      void *slot)
{
  Replacing *r = arg;
  if (kind != TT_CHILD
      || (*(ChildModule *)slot)->type != &tt_gpt_type)
    return;
  Gpt *g = (Gpt *)*(ChildModule *)slot;
  Module *e = new_for(r, g->tokens);
  if (g->head || !e || r->make != make_layer)
    return;
  Linear *head = !chosen(r->arg, name, "head")
    ? float_head(g->tokens->weight) : e->type
      == &tt_quant_embedding_type ? shared_head((QuantEmbedding *)e)
                                  : NULL;
  if (head)
    r->new[place_of(r, g)] = &head->base;
}

static void give_head(void *arg, const char *name, FieldKind kind,
                      void *slot)      // now; for a scan
{
  (void)arg, (void)name;
  if (kind != TT_CHILD
      || (*(ChildModule *)slot)->type != &tt_gpt_type)
    return;
  Gpt *g = (Gpt *)*(ChildModule *)slot;
  if (!g->head && g->tokens->base.type == &tt_quant_embedding_type)
    g->head = shared_head((QuantEmbedding *)g->tokens);
}

typedef struct Parts { int64_t n; Tensor **part; } Parts;

static void note_part(void *arg, const char *name, FieldKind kind,
                      void *slot)
{
  (void)name;
  Parts *p = arg;
  if (kind == TT_GENERATOR)
    return;
  if (p->part)
    p->part[p->n] = kind == TT_CHILD ? (*(ChildModule *)slot)->block
                                     : *(Tensor **)slot;
  p->n++;
}

static Parts room_for(int64_t n)
{
  int64_t bytes = n * (int64_t)sizeof(Tensor *);
  return (Parts){ 0, tt_empty(TT_U8, TT_SHAPE(bytes))->data };
}

static Parts parts_of(void *model)
{
  Parts p = {0};
  tt_module_walk(model, note_part, &p);
  p = room_for(p.n);
  tt_module_walk(model, note_part, &p);
  return p;
}

static bool among(int64_t n, Tensor *const part[], const Tensor *t)
{
  for (int64_t i = 0; i < n; i++)
    if (part[i] == t)
      return true;
  return false;
}

static void release_lost(const Parts *before, const Parts *now)
{
  for (int64_t i = 0; i < before->n; i++) {
    Tensor *t = before->part[i];
    if (!among(now->n, now->part, t) && !among(i, before->part, t))
      tt_release(t);
  }
}

bool tt_named(const char *name, const char *const *list)
{
  if (!name)
    tt_missing("tt_named", "name");
  for (const char *const *s = list; s && *s; s++) {
    size_t n = strlen(*s);
    if (n == 0 || (strncmp(name, *s, n) == 0
                   && (name[n] == 0 || name[n] == '.')))
      return true;
  }
  return false;
}

static bool not_skipped(const void *arg, const char *name,
                        QuantFormat *f)
{
  const QuantizeOptions *o = arg;
  *f = o->format;
  return !tt_named(name, o->skip);
}

typedef struct Search { const char *name; bool found; } Search;

static void search(void *arg, const char *name, FieldKind kind,
                   void *slot)
{
  Search *s = arg;
  if (kind != TT_CHILD)
    return;
  char head[TT_NAME + 8];
  snprintf(head, sizeof head, "%s%shead", name, *name ? "." : "");
  s->found |= strcmp(name, s->name) == 0
    || ((*(ChildModule *)slot)->type == &tt_gpt_type
        && strcmp(head, s->name) == 0);
}

static QuantFormat completed(QuantFormat f)
{
  f.bits = f.bits ? f.bits : 8;
  f.group = f.bits == 4 && f.group == 0 ? 32 : f.group;
  f.weight_only |= f.type || f.group > 0;
  return f;
}

static void check_skip(const char *op, void *model,
                       const char *const *skip)
{
  for (const char *const *s = skip; s && *s; s++) {
    Search name = { *s, false };
    tt_module_walk(model, search, &name);
    if (!name.found)
      tt_fail(TT_EVALUE, "%s: skip has '%s', and the model no such"
              " module; tt_module_print shows their names", op, *s);
  }
}

static void *replaced(void *model, Replacing *r)
{
  TT_NO_GRAD;
  Parts before = parts_of(model);
  int64_t bytes = before.n * (int64_t)sizeof(Module *);
  r->old = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  r->new = tt_empty(TT_U8, TT_SHAPE(bytes))->data;
  r->root = model;
  tt_module_walk(model, list_skipped, r);
  tt_module_walk(model, make_new, r);
  tt_module_walk(model, make_head, r);
  Parts now = room_for(before.n + 16 * r->n);
  tt_module_walk(model, put_in_place, r);
  tt_module_walk(r->root, note_part, &now);
  release_lost(&before, &now);
  return r->root;
}

void *tt_change_layers(void *model, const LayerChange *change,
                       QuantizeOptions o)
{
  check_skip("tt_quantize", model, o.skip);
  o.format = completed(o.format);
  Choice c = { change, not_skipped, &o };
  return replaced(model, &(Replacing){ .make = make_layer, .arg = &c,
                                       .skip = o.skip });
}

void *tt_quantize(void *model, QuantizeOptions o)
{
  return tt_change_layers(model, layers, o);
}

int tt_exchange(void *m, const char *const *skip, LayerMaker *make,
                void *arg)
{
  check_skip("tt_exchange", m, skip);
  Replacing r = { .make = make, .arg = arg, .skip = skip,
                  .inside = true };
  replaced(m, &r);
  return r.made;
}

static Tensor *entry_of(StateDict sd, const char *module,
                        const char *field)
{
  char name[TT_NAME + 8];
  snprintf(name, sizeof name, "%s%s%s", module, *module ? "." : "",
           field);
  for (int i = 0; i < sd.n; i++)
    if (strcmp(sd.entry[i].name, name) == 0)
      return *sd.entry[i].slot;
  return NULL;
}

static bool as_in_file(const void *arg, const char *name,
                       QuantFormat *f)
{
  const StateDict *sd = arg;
  Tensor *code = entry_of(*sd, name, "code");
  if (!code)                       // a shared head is in no file
    return !entry_of(*sd, name, "weight");
  if (code->dtype != TT_I32 || code->rank != 1 || code->shape[0] != 4)
    tt_fail(TT_EFORMAT, "tt_load_quantized: %s.code is no format of"
            " weights", name);
  const int32_t *c = code->data;
  if ((c[0] != 8 && c[0] != 4) || c[1] < 0 || (c[2] != TT_F32
      && c[2] != TT_F16 && c[2] != TT_BF16))
    tt_fail(TT_EFORMAT, "tt_load_quantized: %s.code: %d bits, groups of"
            " %d, type %d: no format of weights", name, (int)c[0],
            (int)c[1], (int)c[2]);
  *f = completed((QuantFormat){ c[0], c[1], (DType)c[2], c[3] != 0 });
  return true;
}

static void *filled(void *model, StateDict sd)
{
  Choice c = { layers, as_in_file, &sd };
  model = replaced(model, &(Replacing){ .make = make_layer,
                                        .arg = &c });
  tt_module_load_state_dict(model, sd);
  return model;
}

void *tt_load_quantized(const char *path, void *model)
{
  TT_SCOPE;
  return filled(model, tt_load_file(path));
}

Gpt *tt_load_quantized_gpt(const char *path, Metadata *more)
{
  TT_SCOPE;
  Metadata meta = {0};
  StateDict sd = tt_load_file_with(path, &meta);
  GptOptions o = tt_gpt_options(path, meta);
  int64_t n = 0, all = tt_gpt_parameters(o);
  for (int i = 0; i < sd.n; i++)
    n += tt_numel(*sd.entry[i].slot);
  if (all > 2 * n)                 // 4 bits: two in one
    tt_fail(TT_EFORMAT, "tt_load_quantized_gpt: %s: it holds %lld"
            " numbers, and a model of its options %lld", path,
            (long long)n, (long long)all);
  Gpt *m = filled(tt_gpt_new(o, NULL), sd);
  tt_module_eval(m);
  if (more)
    *more = tt_keep_metadata(meta);
  return tt_module_keep(m);
}

static Module *quantized_layer(Module *m, const QuantFormat *f)
{
  for (const LayerChange *c = layers; c->type; c++)
    if (c->type == m->type)
      return c->replace(m, f);
  return NULL;
}

static void take_head(void *arg, const char *name, FieldKind kind,
                      void *slot)        // that give_head gave
{
  (void)arg, (void)name;
  if (kind != TT_CHILD
      || (*(ChildModule *)slot)->type != &tt_gpt_type)
    return;
  Gpt *g = (Gpt *)*(ChildModule *)slot;
  if (g->head && g->head->base.type == &shared_type
      && g->tokens->base.type != &tt_quant_embedding_type)
    g->head = NULL;
}

typedef struct Scan {
  QuantFormat  format;
  ModelScore  *score;
  void        *arg, *model;
  int          n, most;            // layers so far; wanted
  Sensitivity *s;
} Scan;

typedef struct Trial { const Scan *scan; Module *now; double y; } Trial;

static void judge(void *arg)
{
  Trial *t = arg;
  tt_module_walk(t->now, give_head, NULL);
  t->y = t->scan->score(t->now, t->scan->arg);
}

static double score_with(const Scan *c, ChildModule *slot, Module *new)
{
  Module *old = *slot;
  TensorError e;
  *slot = new;
  Trial t = { c, old == c->model ? new : c->model, 0 };
  bool fine = tt_try(judge, &t, &e);
  *slot = old;
  tt_module_walk(c->model, take_head, NULL);
  if (!fine)
    tt_fail(e.code, "%s", e.message);
  return t.y;
}

static void scan_layer(void *arg, const char *name, FieldKind kind,
                       void *slot)
{
  Scan *c = arg;
  TT_NO_GRAD;
  Module *old = kind == TT_CHILD ? *(ChildModule *)slot : NULL;
  Module *new = old ? quantized_layer(old, &c->format) : NULL;
  if (!new || c->n++ >= c->most)
    return;
  Sensitivity *s = &c->s[c->n - 1];
  ModelSize before = tt_model_size(old), after = tt_model_size(new);
  *s = (Sensitivity){ .type = old->type->name,
    .before = before.weights, .after = after.weights + after.scales };
  memcpy(s->name, name, strlen(name) + 1);
  s->score = score_with(c, slot, new);
}

int tt_sensitivity(void *model, QuantFormat f, ModelScore *score,
                   void *arg, int n, Sensitivity *s)
{
  Scan c = { completed(f), score, arg, model, 0, n, s };
  tt_module_walk(model, scan_layer, &c);
  return c.n;
}
