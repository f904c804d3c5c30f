// Made from chapters/06-optimizers.nw by tools/tangle: edit there.
// Optimizers: SGD, RMSprop, Adam and AdamW, groups of parameters, and a
// state that can be saved.
#include "tt/optimizers.h"
#include "tt/autograd.h"
#include "tt/operation.h"
#include "tt/storage.h"
#include "tt/todo.h"
#include <string.h>
#include <tgmath.h>

typedef void Visit(Optimizer *o, ParamGroup *k, OptimizerParam *p);

static inline void each(Optimizer *o, Visit *visit)
{
  tt_alive("an optimizer", o->block);
  for (ParamGroup *k = o->group; k; k = k->next)
    for (int i = 0; i < k->n; i++)
      visit(o, k, &k->param[i]);
}

static bool is_due(const OptimizerParam *p)
{
  const Tensor *t = p->tensor;
  tt_alive("tt_optimizer_step", t);
  if (!t->requires_grad || !t->grad)
    return false;
  return true;
}

static void check_gradient(const OptimizerParam *p)
{
  const Tensor *t = p->tensor, *g = t->grad;
  bool same = g->dtype == TT_F32 && g->rank == t->rank;
  for (int d = 0; same && d < t->rank; d++)
    same = g->shape[d] == t->shape[d];
  if (!same)
    tt_fail(TT_ESHAPE, "tt_optimizer_step: %s is %s %s, its gradient %s"
            " %s; they must agree", p->name, tt_dtype_name(t->dtype),
            TT_TEXT(tt_shape(t)), tt_dtype_name(g->dtype),
            TT_TEXT(tt_shape(g)));
}

static void make_states(Optimizer *o, ParamGroup *k, OptimizerParam *p)
{
  for (int i = 0; k->keeps >> i; i++)
    if (k->keeps >> i & 1 && !p->state[i]) {
      Tensor *t = tt_zeros(tt_shape(p->tensor));
      tt_move(t, o->block->scope);
      p->state[i] = t;
    }
}

static void prepare(Optimizer *o, ParamGroup *k, OptimizerParam *p)
{
  p->gradient = NULL;
  if (!is_due(p))
    return;
  check_gradient(p);
  make_states(o, k, p);
  p->gradient = tt_contiguous(p->tensor->grad)->data;
}

static void update(Optimizer *o, ParamGroup *k, OptimizerParam *p)
{
  if (!p->gradient)
    return;
  p->step += p->step < INT32_MAX;
  o->type->update(k, p);
  p->tensor->storage->version++;
}

static void warn_if_idle(Optimizer *o)
{
  bool idle = !o->warned;
  for (const ParamGroup *k = o->group; k; k = k->next)
    for (int i = 0; i < k->n; i++)
      idle = idle && !k->param[i].gradient;
  if (!idle)
    return;
  o->warned = true;
  fputs("tt_optimizer_step: no parameter that learns has a gradient, so"
        " nothing moves; call tt_backward after tt_optimizer_zero_grad,"
        " and then the step\n", stderr);
}

void tt_optimizer_step(Optimizer *o)
{
  TT_SCOPE;                        // of gradients that had gaps
  tt_span(TT_SPAN_UPDATE, o);
  each(o, prepare);
  warn_if_idle(o);
  each(o, update);
}

static void drop_gradient(Optimizer *o, ParamGroup *k,
                          OptimizerParam *p)
{
  (void)o, (void)k;
  tt_zero_grad(p->tensor);
}

void tt_optimizer_zero_grad(Optimizer *o)
{
  each(o, drop_gradient);
}

static void need(const char *op, bool ok, const char *what, double got,
                 const char *rule)
{
  if (!ok)
    tt_fail(TT_EVALUE, "%s: %s is %g; %s", op, what, got, rule);
}

static void need_lr(const char *op, double lr)
{
  need(op, lr > 0 && isfinite(lr), "lr", lr, "give a learning rate"
       " above 0, as in .lr = 0.01");
}

static void need_positive(const char *op, const char *what, double got)
{
  need(op, got >= 0 && isfinite(got), what, got,
       "it must be finite and not below 0");
}

static void need_fraction(const char *op, const char *what, double got)
{
  need(op, got >= 0 && got < 1, what, got, "it must be at least 0 and"
       " below 1");
}

static Optimizer *optimizer_of(const OptimizerType *type)
{
  Tensor *block = tt_empty(TT_U8, TT_SHAPE(sizeof(Optimizer)));
  Optimizer *o = block->data;
  block->name = type->name;
  *o = (Optimizer){ .type = type, .block = block };
  return o;
}

static void need_type(const char *op, const Optimizer *o,
                      const OptimizerType *a, const OptimizerType *b)
{
  tt_alive(op, o->block);
  if (o->type != a && o->type != b)
    tt_fail(TT_EVALUE, "%s: the optimizer is %s; a group has the kind"
            " of its optimizer", op, o->type->name);
}

static void add_param(const char *op, ParamGroup *k,
                      const StateEntry *e)
{
  Tensor *t = *e->slot;
  if (!t)
    tt_fail(TT_EVALUE, "%s: %s is NULL", op, e->name);
  tt_alive(op, t);
  tt_need_f32(op, t);
  if (t->node)
    tt_fail(TT_EVALUE, "%s: %s is the result of %s; only leaves can be"
            " learned, so take what it was made from", op, e->name,
            t->name);
  if (!tt_is_contiguous(t))
    tt_fail(TT_EVALUE, "%s: %s, shape %s, has gaps; tt_clone it", op,
            e->name, TT_TEXT(tt_shape(t)));
  if (strlen(e->name) + sizeof ".max_exp_avg_sq" > sizeof e->name)
    tt_fail(TT_EVALUE, "%s: the name %s is too long, %zu characters; at"
            " most %zu leave room for .max_exp_avg_sq", op, e->name,
            strlen(e->name), sizeof e->name - sizeof ".max_exp_avg_sq");
  for (ParamGroup *g = k; g; g = g->next)
    for (int i = 0; i < g->n; i++)
      if (g->param[i].tensor == t)
        tt_fail(TT_EVALUE, "%s: %s is in the optimizer already, as %s; a"
                " parameter takes one step at a time", op, e->name,
                g->param[i].name);
      else if (strcmp(g->param[i].name, e->name) == 0)
        tt_fail(TT_EVALUE, "%s: two parameters are called %s; change the"
                " name of one in its list", op, e->name);
  OptimizerParam *p = &k->param[k->n++];
  p->tensor = t;
  p->n = tt_numel(t);
  snprintf(p->name, sizeof p->name, "%s", e->name);
}

static void append(Optimizer *o, ParamGroup *k)
{
  ParamGroup **end = &o->group;
  while (*end)
    end = &(*end)->next;
  k->next = NULL;
  *end = k;
}

static ParamGroup *add_group(const char *op, Optimizer *o,
                             StateDict params,
                             double lr, unsigned keeps)
{
  if (params.n < 1)
    tt_fail(TT_EVALUE, "%s: no parameters; tt_module_parameters lists"
            " those of a module", op);
  size_t bytes = sizeof(ParamGroup)
               + (size_t)params.n * sizeof(OptimizerParam);
  Tensor *block = tt_empty(TT_U8, TT_SHAPE((int64_t)bytes));
  ParamGroup *k = memset(block->data, 0, bytes);
  *k = (ParamGroup){ .block = block, .lr = lr, .first_lr = lr,
                .keeps = keeps, .next = o->group };
  for (int i = 0; i < params.n; i++)
    add_param(op, k, &params.entry[i]);
  tt_move(block, o->block->scope);
  append(o, k);
  return k;
}

TT_INLINE Real with_decay(Real g, Real w, Real weight_decay)
{
  return weight_decay != 0 ? g + weight_decay * w : g;
}

static void downhill(SgdStep s, int64_t n, Real *restrict w,
                     const Real *restrict g)
{
  for (int64_t i = 0; i < n; i++)
    w[i] -= s.lr * with_decay(g[i], w[i], s.weight_decay);
}

static void heavy_ball(SgdStep s, int64_t n, Real *restrict w,
                       const Real *restrict g, Real *restrict v)
{
  for (int64_t i = 0; i < n; i++) {
    Real d = with_decay(g[i], w[i], s.weight_decay);
    v[i] = s.momentum * v[i] + s.one_minus_dampening * d;
    w[i] -= s.lr * (s.nesterov ? d + s.momentum * v[i] : v[i]);
  }
}

void tt_naive_sgd(const SgdStep *s, int64_t n, Real *w, const Real *g,
                  Real *b)
{
  if (b)
    heavy_ball(*s, n, w, g, b);
  else
    downhill(*s, n, w, g);
}

static Real *state(const OptimizerParam *p, int i)
{
  return p->state[i] ? p->state[i]->data : NULL;
}

static void sgd_update(ParamGroup *k, OptimizerParam *p)
{
  const SgdOptions *o = &k->sgd;
  SgdStep s = {
    .lr = (Real)k->lr, .weight_decay = (Real)o->weight_decay,
    .momentum = (Real)o->momentum, .nesterov = o->nesterov,
    .one_minus_dampening = p->step == 1 ? 1
                                        : (Real)(1 - o->dampening)
  };
  tt_backend->sgd(&s, p->n, p->tensor->data, p->gradient, state(p, 0));
}

static const OptimizerType sgd_type = {
  "sgd", { "momentum_buffer" }, sgd_update
};
static Optimizer *with_sgd(const char *op, Optimizer *o,
                           StateDict params, SgdOptions s)
{
  need_type(op, o, &sgd_type, NULL);
  need_lr(op, s.lr);
  need_positive(op, "momentum", s.momentum);
  need_positive(op, "weight_decay", s.weight_decay);
  need(op, isfinite(s.dampening), "dampening", s.dampening,
       "give a finite number");
  if (s.nesterov && !(s.momentum > 0 && s.dampening == 0))
    tt_fail(TT_EVALUE, "%s: nesterov with momentum %g and dampening %g;"
            " it needs a momentum above 0 and no dampening", op,
            s.momentum, s.dampening);
  add_group(op, o, params, s.lr, s.momentum > 0)->sgd = s;
  return o;
}

void tt_sgd_add_group(Optimizer *o, StateDict params, SgdOptions s)
{
  with_sgd("tt_sgd_add_group", o, params, s);
}

Optimizer *tt_sgd_new(StateDict params, SgdOptions s)
{
  return with_sgd("tt_sgd_new", optimizer_of(&sgd_type), params, s);
}

static void own_pace(RmsPropStep s, int64_t n, Real *restrict w,
                     const Real *restrict g, Real *restrict square_avg,
                     Real *restrict v, Real *restrict grad_avg)
{
  for (int64_t i = 0; i < n; i++) {
    Real d = with_decay(g[i], w[i], s.weight_decay), denom = 1;
    square_avg[i] = s.alpha * square_avg[i] + s.one_minus_alpha * d * d;
    Real under = square_avg[i];
    if (grad_avg) {
      grad_avg[i] = s.alpha * grad_avg[i] + s.one_minus_alpha * d;
      under -= grad_avg[i] * grad_avg[i];
      under = under < 0 ? 0 : under;
    }
    denom = sqrt(under) + s.eps;
    d /= denom;
    if (v)
      d = v[i] = s.momentum * v[i] + d;
    w[i] -= s.lr * d;
  }
}

void tt_naive_rmsprop(const RmsPropStep *s, int64_t n, Real *w,
                      const Real *g, Real *square_avg, Real *v,
                      Real *grad_avg)
{
  own_pace(*s, n, w, g, square_avg, v, grad_avg);
}

static void rmsprop_update(ParamGroup *k, OptimizerParam *p)
{
  const RmsPropOptions *o = &k->rmsprop;
  RmsPropStep s = {
    .lr = (Real)k->lr, .weight_decay = (Real)o->weight_decay,
    .momentum = (Real)o->momentum, .alpha = (Real)o->alpha,
    .one_minus_alpha = (Real)(1 - o->alpha), .eps = (Real)o->eps
  };
  tt_backend->rmsprop(&s, p->n, p->tensor->data, p->gradient,
                      state(p, 0), state(p, 1), state(p, 2));
}

static const OptimizerType rmsprop_type = {
  "rmsprop", { "square_avg", "momentum_buffer", "grad_avg" },
  rmsprop_update
};

static Optimizer *with_rmsprop(const char *op, Optimizer *o,
                               StateDict params, RmsPropOptions s)
{
  need_type(op, o, &rmsprop_type, NULL);
  s.alpha = s.alpha != 0 ? s.alpha : 0.99;
  s.eps = s.eps != 0 ? s.eps : 1e-8;
  need_lr(op, s.lr);
  need_fraction(op, "alpha", s.alpha);
  need_positive(op, "eps", s.eps);
  need_positive(op, "momentum", s.momentum);
  need_positive(op, "weight_decay", s.weight_decay);
  unsigned keeps = 1u | (s.momentum > 0) << 1 | s.centered << 2;
  add_group(op, o, params, s.lr, keeps)->rmsprop = s;
  return o;
}

void tt_rmsprop_add_group(Optimizer *o, StateDict params,
                          RmsPropOptions s)
{
  with_rmsprop("tt_rmsprop_add_group", o, params, s);
}

Optimizer *tt_rmsprop_new(StateDict params, RmsPropOptions s)
{
  return with_rmsprop("tt_rmsprop_new", optimizer_of(&rmsprop_type),
                      params, s);
}

static void correct_bias(ParamGroup *k, int64_t t)
{
  if (k->bias.step == t)
    return;
  k->bias.step = t;
  k->bias.first = 1 - pow(k->adam.beta1, (double)t);
  k->bias.second = 1 - pow(k->adam.beta2, (double)t);
}

static void two_means(AdamStep s, int64_t n, Real *restrict w,
                      const Real *restrict g, Real *restrict m,
                      Real *restrict v, Real *restrict max_v)
{
  for (int64_t i = 0; i < n; i++) {
    Real d = with_decay(g[i], w[i], s.weight_decay), u = 0;
    m[i] = s.beta1 * m[i] + s.one_minus_beta1 * d;
    u = v[i] = s.beta2 * v[i] + s.one_minus_beta2 * d * d;
    if (max_v)
      u = max_v[i] = u > max_v[i] ? u : max_v[i];
    Real denom = s.v_scale * sqrt(u) + s.eps;
    w[i] = s.decay_factor * w[i] - s.step_size * m[i] / denom;
  }
}

void tt_naive_adam(const AdamStep *s, int64_t n, Real *w, const Real *g,
                   Real *m, Real *v, Real *max_v)
{
  two_means(*s, n, w, g, m, v, max_v);
}

static void adam_step(ParamGroup *k, OptimizerParam *p,
                      double weight_decay, double decay_factor)
{
  const AdamOptions *o = &k->adam;
  correct_bias(k, p->step);
  AdamStep s = {
    .step_size = (Real)(k->lr / k->bias.first),
    .v_scale = (Real)(1 / sqrt(k->bias.second)), .eps = (Real)o->eps,
    .beta1 = (Real)o->beta1, .one_minus_beta1 = (Real)(1 - o->beta1),
    .beta2 = (Real)o->beta2, .one_minus_beta2 = (Real)(1 - o->beta2),
    .weight_decay = (Real)weight_decay,
    .decay_factor = (Real)decay_factor
  };
  tt_backend->adam(&s, p->n, p->tensor->data, p->gradient, state(p, 0),
                   state(p, 1), state(p, 2));
}

static void adam_update(ParamGroup *k, OptimizerParam *p)
{
  adam_step(k, p, k->adam.weight_decay, 1);
}

static void adamw_update(ParamGroup *k, OptimizerParam *p)
{
  adam_step(k, p, 0, 1 - k->lr * k->adam.weight_decay);
}

#define ADAM_STATES { "exp_avg", "exp_avg_sq", "max_exp_avg_sq" }
static const OptimizerType adam_type = {
  "adam", ADAM_STATES, adam_update
};
static const OptimizerType adamw_type = {
  "adamw", ADAM_STATES, adamw_update
};

static Optimizer *with_adam(const char *op, Optimizer *o,
                            StateDict params, AdamOptions s)
{
  need_type(op, o, &adam_type, &adamw_type);
  s.beta1 = s.beta1 != 0 ? s.beta1 : 0.9;
  s.beta2 = s.beta2 != 0 ? s.beta2 : 0.999;
  s.eps = s.eps != 0 ? s.eps : 1e-8;
  need_lr(op, s.lr);
  need_fraction(op, "beta1", s.beta1);
  need_fraction(op, "beta2", s.beta2);
  need_positive(op, "eps", s.eps);
  need_positive(op, "weight_decay", s.weight_decay);
  unsigned keeps = s.amsgrad ? 7 : 3;
  add_group(op, o, params, s.lr, keeps)->adam = s;
  return o;
}

void tt_adam_add_group(Optimizer *o, StateDict params, AdamOptions s)
{
  with_adam("tt_adam_add_group", o, params, s);
}

Optimizer *tt_adam_new(StateDict params, AdamOptions s)
{
  return with_adam("tt_adam_new", optimizer_of(&adam_type), params, s);
}

Optimizer *tt_adamw_new(StateDict params, AdamOptions s)
{
  return with_adam("tt_adamw_new", optimizer_of(&adamw_type), params,
                   s);
}

double tt_optimizer_lr(const Optimizer *o)
{
  tt_alive("tt_optimizer_lr", o->block);
  return o->group->lr;
}

void tt_optimizer_set_lr(Optimizer *o, double lr)
{
  tt_alive("tt_optimizer_set_lr", o->block);
  need_positive("tt_optimizer_set_lr", "lr", lr);
  double factor = lr / o->group->first_lr;
  for (ParamGroup *k = o->group; k; k = k->next)
    k->lr = k->first_lr * factor;
  o->group->lr = lr;               // to the bit
}

static bool keeps(const ParamGroup *k, int i)
{
  return k->keeps >> i & 1;
}

static int count_states(const Optimizer *o)
{
  int n = 0;
  for (const ParamGroup *k = o->group; k; k = k->next)
    for (int i = 0; i < k->n; i++)
      if (k->keeps && k->param[i].step > 0)
        n += 1 + keeps(k, 0) + keeps(k, 1) + keeps(k, 2);
  return n;
}

static void list_state(StateDict *s, const OptimizerParam *p,
                       const char *what, Tensor *t)
{
  StateEntry *e = &s->entry[s->n++];
  strcpy(stpcpy(stpcpy(e->name, p->name), "."), what);
  e->kind = TT_BUFFER;
  *e->slot = t;
}

StateDict tt_optimizer_state_dict(Optimizer *o)
{
  tt_alive("tt_optimizer_state_dict", o->block);
  int n = count_states(o);
  size_t bytes = (size_t)n * (sizeof(StateEntry) + sizeof(Tensor *));
  Tensor *block = tt_empty(TT_U8, TT_SHAPE((int64_t)bytes));
  StateDict s = { .entry = block->data };
  Tensor **slot = (Tensor **)(void *)(s.entry + n);
  for (int i = 0; i < n; i++)
    s.entry[i].slot = &slot[i];
  for (ParamGroup *k = o->group; k; k = k->next)
    for (OptimizerParam *p = k->param; p < k->param + k->n; p++)
      if (k->keeps && p->step > 0) {
        int32_t step = (int32_t)p->step;
        list_state(&s, p, "step", tt_from_int(TT_SCALAR, &step));
        for (int i = 0; i < TT_STATES; i++)
          if (keeps(k, i))
            list_state(&s, p, o->type->state[i], p->state[i]);
      }
  return s;
}

static bool is_called(const StateEntry *e, const OptimizerParam *p,
                      const char *what)
{
  size_t n = strlen(p->name);
  return strncmp(e->name, p->name, n) == 0 && e->name[n] == '.'
      && strcmp(e->name + n + 1, what) == 0;
}

static Tensor *find(StateDict from, const OptimizerParam *p,
                    const char *what)
{
  for (int i = 0; i < from.n; i++)
    if (is_called(&from.entry[i], p, what))
      return *from.entry[i].slot;
  return NULL;
}

static bool fits(const Tensor *t, DType d, Shape s)
{
  bool same = t->dtype == d && t->rank == s.rank;
  for (int i = 0; same && i < s.rank; i++)
    same = t->shape[i] == s.dim[i];
  return same;
}

static void need_fit(const StateEntry *e, DType d, Shape s)
{
  const Tensor *t = *e->slot;
  tt_alive("tt_optimizer_load_state_dict", t);
  if (!fits(t, d, s))
    tt_fail(TT_ESHAPE, "tt_optimizer_load_state_dict: %s is %s %s; %s"
            " %s is needed", e->name, tt_dtype_name(t->dtype),
            TT_TEXT(tt_shape(t)), tt_dtype_name(d), TT_TEXT(s));
}

static void check_entry(Optimizer *o, const StateEntry *e)
{
  for (ParamGroup *k = o->group; k; k = k->next)
    for (OptimizerParam *p = k->param; p < k->param + k->n; p++) {
      if (k->keeps && is_called(e, p, "step")) {
        need_fit(e, TT_I32, TT_SCALAR);
        double step = tt_item(*e->slot);
        need("tt_optimizer_load_state_dict", step >= 1, e->name, step,
             "steps are counted from 1");
        return;
      }
      for (int i = 0; i < TT_STATES; i++)
        if (keeps(k, i) && is_called(e, p, o->type->state[i])) {
          need_fit(e, TT_F32, tt_shape(p->tensor));
          return;
        }
    }
  tt_fail(TT_EVALUE, "tt_optimizer_load_state_dict: %s has no place in"
          " this optimizer, which is %s; build it with the options it"
          " was saved with", e->name, o->type->name);
}

static bool check_complete(Optimizer *o, ParamGroup *k,
                           OptimizerParam *p, StateDict from)
{
  const char *missing = find(from, p, "step") ? NULL : "step";
  bool some = !missing;
  for (int i = 0; i < TT_STATES; i++)
    if (keeps(k, i)) {
      const char *what = o->type->state[i];
      bool there = find(from, p, what);
      some = some || there;
      missing = there ? missing : what;
    }
  if (some && missing)
    tt_fail(TT_EVALUE, "tt_optimizer_load_state_dict: %s.%s is"
            " missing; a state is loaded whole", p->name, missing);
  return some;
}

static void load_param(Optimizer *o, ParamGroup *k, OptimizerParam *p,
                       StateDict from)
{
  Tensor *step = find(from, p, "step");
  p->step = step ? (int64_t)tt_item(step) : 0;
  for (int i = 0; i < TT_STATES; i++)
    if (step && keeps(k, i)) {
      tt_copy_(p->state[i], find(from, p, o->type->state[i]));
    } else if (p->state[i]) {
      tt_release(p->state[i]);
      p->state[i] = NULL;
    }
}

void tt_optimizer_load_state_dict(Optimizer *o, StateDict from)
{
  tt_alive("tt_optimizer_load_state_dict", o->block);
  for (int i = 0; i < from.n; i++)
    check_entry(o, &from.entry[i]);
  for (ParamGroup *k = o->group; k; k = k->next)
    for (OptimizerParam *p = k->param; p < k->param + k->n; p++)
      if (check_complete(o, k, p, from))
        make_states(o, k, p);
  for (ParamGroup *k = o->group; k; k = k->next)
    for (OptimizerParam *p = k->param; p < k->param + k->n; p++)
      load_param(o, k, p, from);
}

static void each_block(Optimizer *o, void (*f)(Tensor *))
{
  for (ParamGroup *k = o->group, *next; k; k = next) {
    next = k->next;
    for (int i = 0; i < k->n * TT_STATES; i++) {
      Tensor *t = k->param[i / TT_STATES].state[i % TT_STATES];
      if (t)
        f(t);
    }
    f(k->block);
  }
  f(o->block);
}

static void keep(Tensor *t) { tt_keep(t); }

Optimizer *tt_optimizer_keep(Optimizer *o)
{
  each_block(o, keep);
  return o;
}

void tt_optimizer_free(Optimizer *o)
{
  each_block(o, tt_release);
}
