// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// GPT-2's weights: other names, and matrices that are turned.
#include "tt/gpt2.h"
#include "tt/autograd.h"
#include "tt/error.h"
#include "tt/memory.h"
#include "tt/todo.h"
#include <string.h>

static const struct Name {
  const char *ours, *theirs;
  int parts, part;                 // of a Conv1D, which is turned
} names[] = {
  { "tokens.", "wte.", 0, 0 }, { "places.", "wpe.", 0, 0 },
  { "norm1.", "ln_1.", 0, 0 }, { "norm2.", "ln_2.", 0, 0 },
  { "attention.query.", "attn.c_attn.", 3, 0 },
  { "attention.key.", "attn.c_attn.", 3, 1 },
  { "attention.value.", "attn.c_attn.", 3, 2 },
  { "attention.out.", "attn.c_proj.", 1, 0 },
  { "mlp.up.", "mlp.c_fc.", 1, 0 },
  { "mlp.down.", "mlp.c_proj.", 1, 0 },
  { "norm.", "ln_f.", 0, 0 }, { "head.", "lm_head.", 0, 0 }
};
typedef struct Checkpoint {
  const char *path;
  StateDict   of;
  bool       *used;                // each of them
} Checkpoint;

static const char *plain(const char *name)
{
  size_t n = strlen("transformer.");
  return strncmp(name, "transformer.", n) == 0 ? name + n : name;
}

static int find(const Checkpoint *c, const char *name)  // -1: is not
{
  for (int i = 0; i < c->of.n; i++)
    if (strcmp(plain(c->of.entry[i].name), name) == 0)
      return i;
  return -1;
}

static Tensor *taken(Checkpoint *c, const char *name)
{
  int i = find(c, name);
  if (i < 0)
    tt_fail(TT_EFORMAT, "tt_load_gpt2_weights: %s: no %s among its %d"
            " tensors\n  names are Hugging Face's: h.0.ln_1.weight,"
            " with or without \"transformer.\"", c->path, name,
            c->of.n);
  c->used[i] = true;
  return *c->of.entry[i].slot;
}

static void check_shape(const Checkpoint *c, const char *name,
                        const Tensor *t, Shape want)
{
  if (t->dtype != TT_F32)
    tt_fail(TT_EFORMAT, "tt_load_gpt2_weights: %s: %s is of %s; weights"
            " are floats", c->path, name, tt_dtype_name(t->dtype));
  bool same = t->rank == want.rank;
  for (int d = 0; same && d < t->rank; d++)
    same = t->shape[d] == want.dim[d];
  if (!same)
    tt_fail(TT_EFORMAT, "tt_load_gpt2_weights: %s: %s is %s; expected"
            " %s", c->path, name, TT_TEXT(tt_shape(t)), TT_TEXT(want));
}

static void check_all_used(const Checkpoint *c)
{
  for (int i = 0; i < c->of.n; i++) {
    const char *name = plain(c->of.entry[i].name);
    const char *mask = strstr(name, ".attn.");
    if (!c->used[i] && !(mask && (strcmp(mask, ".attn.bias") == 0
                         || strcmp(mask, ".attn.masked_bias") == 0)))
      tt_fail(TT_EFORMAT, "tt_load_gpt2_weights: %s: %s %s has no place"
              " in a GPT-2 of this size; known are wte, wpe, h, ln_f"
              " and lm_head", c->path, c->of.entry[i].name,
              TT_TEXT(tt_shape(*c->of.entry[i].slot)));
  }
}

static Tensor *from_conv1d(Tensor *w, int parts, int part)
{
  int last = w->rank - 1;
  int64_t out = w->shape[last] / parts;
  Tensor *t = tt_slice(w, last, part * out, (part + 1) * out, 1);
  return w->rank == 2 ? tt_transpose(t, 0, 1) : t;
}

static const struct Name *their_name(const char *ours, char *theirs)
{
  int n = 0;
  if (strncmp(ours, "block.", 6) == 0) {
    int digits = (int)strspn(ours + 6, "0123456789");
    n = sprintf(theirs, "h.%.*s.", digits, ours + 6);
    ours += 6 + digits + 1;
  }
  const struct Name *of = names;
  while (strncmp(ours, of->ours, strlen(of->ours)) != 0)
    of++;
  sprintf(theirs + n, "%s%s", of->theirs, ours + strlen(of->ours));
  return of;
}

static void fill(Checkpoint *c, const StateEntry *e)
{
  char name[2 * TT_NAME];
  const struct Name *n = their_name(e->name, name);
  Tensor *from = taken(c, name), *to = *e->slot;
  Shape s = tt_shape(to);
  int last = s.rank - 1;
  if (n->parts > 0) {
    s.dim[0] = to->shape[last];
    s.dim[last] = n->parts * to->shape[0];
  }
  check_shape(c, name, from, s);
  tt_copy_(to, n->parts ? from_conv1d(from, n->parts, n->part) : from);
}

static Tensor *matrix(Checkpoint *c, const char *name)
{
  Tensor *t = taken(c, name);
  if (t->rank != 2 || tt_numel(t) == 0)
    tt_fail(TT_EFORMAT, "tt_load_gpt2_weights: %s: %s is %s; it is a"
            " matrix", c->path, name, TT_TEXT(tt_shape(t)));
  return t;
}

static bool has_own_head(Checkpoint *c, Tensor *tokens)
{
  int i = find(c, "lm_head.weight");
  if (i < 0)
    return false;
  Tensor *head = *c->of.entry[i].slot;
  Shape s = tt_shape(tokens);
  check_shape(c, "wte.weight", tokens, s);
  check_shape(c, "lm_head.weight", head, s);
  c->used[i] = true;
  return memcmp(head->data, tokens->data,
                (size_t)tt_numel(tokens) * sizeof(Real)) != 0;
}

static GptOptions sizes(Checkpoint *c, int64_t heads)
{
  char name[32] = "h.0.ln_1.weight";
  Tensor *tokens = matrix(c, "wte.weight");
  GptOptions o = { .vocab_size = tokens->shape[0],
                   .dim = tokens->shape[1],
                   .context = matrix(c, "wpe.weight")->shape[0],
                   .untied = has_own_head(c, tokens) };
  while (find(c, name) >= 0)
    snprintf(name, sizeof name, "h.%d.ln_1.weight", (int)++o.layers);
  if (o.layers > 0)
    o.hidden = matrix(c, "h.0.mlp.c_fc.weight")->shape[1];
  o.heads = heads ? heads : o.dim / 64;
  if (o.heads < 1 || o.dim % o.heads != 0 || (!heads && o.dim % 64))
    tt_fail(TT_EVALUE, "tt_load_gpt2_weights: %s: %lld heads of %lld"
            " numbers; say how many it has, which the file cannot tell;"
            " they divide %lld", c->path, (long long)o.heads,
            (long long)o.dim, (long long)o.dim);
  return o;
}

Gpt *tt_load_gpt2_weights(const char *path, int64_t heads)
{
  TT_NO_GRAD;
  Metadata m;
  Checkpoint c = { path, tt_load_file_with(path, &m), NULL };
  if (m.left_out)
    tt_fail(TT_EFORMAT, "tt_load_gpt2_weights: %s: tensors of types"
            " that cannot be read: %.200s", path, m.left_out);
  c.used = tt_zeros(TT_SHAPE(c.of.n + 1))->data;
  Gpt *gpt = tt_gpt_new(sizes(&c, heads), NULL);
  StateDict ours = tt_module_state_dict(gpt);
  for (int i = 0; i < ours.n; i++)
    fill(&c, &ours.entry[i]);
  check_all_used(&c);
  tt_module_eval(gpt);
  return tt_module_keep(gpt);
}
