// The network of chapter 7, trained on some of its digits. In: what to do.
//   0        begin; out: pictures to learn from, unseen ones, numbers to learn
//   1        an epoch; out: its number, mean loss, loss and right ones, unseen
//   2 and 64 pixels of 0 to 16; out: what share each digit gets
//   3 k      unseen picture k; out: its 64 pixels and its label
// Of the rules for gradients this network needs three. The others, and the
// operations that they belong to, are left out of the program.
#define tt_rules all_rules
#include "src/rules.c"
#undef tt_rules
#include "tt/tt.h"
#include "demo.h"

const GradientRule tt_rules[] = {
  RULE(linear, TT_SAVES_FACTORS), ROW_ONE(relu, y, )
  RULE(cross_entropy, TT_SAVES(2) | TT_SAVES(3) | TT_SAVES(4)), {0}
};

static const unsigned char packed[] = {    // four pixels a byte; a label
#include "digits.inc"
};
enum { PICTURES = sizeof packed / 17, UNSEEN = PICTURES / 5,
       SEEN = PICTURES - UNSEEN };

static Tensor *seen, *seen_label, *unseen, *unseen_label;
static void *net;
static Optimizer *opt;
static BatchSource *batches;
static int64_t epoch;

static void unpack(void)               // every fifth is put aside
{
  seen = tt_empty(TT_F32, TT_SHAPE(SEEN, 64));
  unseen = tt_empty(TT_F32, TT_SHAPE(UNSEEN, 64));
  seen_label = tt_empty(TT_I32, TT_SHAPE(SEEN));
  unseen_label = tt_empty(TT_I32, TT_SHAPE(UNSEEN));
  for (int i = 0, n[2] = {0}; i < PICTURES; i++) {
    bool aside = i % 5 == 4;
    int at = n[aside]++;
    float *x = (float *)(aside ? unseen : seen)->data + 64 * at;
    for (int k = 0; k < 64; k++)
      x[k] = (float)(packed[17 * i + k / 4] >> k % 4 * 2 & 3) / 3;
    ((int *)(aside ? unseen_label : seen_label)->data)[at]
      = packed[17 * i + 16];
  }
}

static void begin(void)
{
  unpack();
  Generator g;
  tt_manual_seed(&g, 0);
  net = TT_SEQUENTIAL(tt_linear_new(64, 64, &g),
    tt_activation_new(tt_relu), tt_linear_new(64, 10, &g));
  opt = tt_adam_new(tt_module_parameters(net),
                    (AdamOptions){ .lr = 0.003 });
  batches = tt_batches_new(seen, seen_label,
    (BatchOptions){ .size = 32, .shuffle = true });
}

static double learn(Batch b)
{
  TT_SCOPE;
  tt_optimizer_zero_grad(opt);
  Tensor *loss = tt_cross_entropy(tt_forward(net, b.x), b.y);
  tt_backward(loss);
  tt_optimizer_step(opt);
  return tt_item(loss) * (double)b.x->shape[0];
}

static int one_epoch(void)
{
  double sum = 0;
  tt_source_reset(batches);
  for (;;) {
    TT_SCOPE;
    Batch b = tt_source_next(batches);
    if (!b.x)
      break;
    sum += learn(b);
  }
  TT_SCOPE;
  TT_NO_GRAD;
  Tensor *z = tt_forward(net, unseen);
  demo_out[0] = (double)++epoch;
  demo_out[1] = sum / SEEN;
  demo_out[2] = tt_item(tt_cross_entropy(z, unseen_label));
  demo_out[3] = tt_accuracy(z, unseen_label) * UNSEEN;
  return 4;
}

static int classify(const double *pixel)
{
  TT_SCOPE;
  TT_NO_GRAD;
  Tensor *x = tt_empty(TT_F32, TT_SHAPE(1, 64));
  for (int k = 0; k < 64; k++)
    ((float *)x->data)[k] = (float)(pixel[k] / 16);
  Tensor *share = tt_softmax(tt_forward(net, x), 1);
  for (int k = 0; k < 10; k++)
    demo_out[k] = tt_get(share, TT_INDEX(0, k));
  return 10;
}

static int picture(int i)
{
  for (int k = 0; k < 64; k++)
    demo_out[k] = tt_get(unseen, TT_INDEX(i, k)) * 16;
  demo_out[64] = tt_get(unseen_label, TT_INDEX(i));
  return 65;
}

int demo_run(int n)
{
  if (!net) {
    tt_autograd_enable();
    begin();
  }
  switch ((int)demo_in[0]) {
  case 1: return one_epoch();
  case 2: return classify(demo_in + 1);
  case 3: return picture((int)demo_in[1] % UNSEEN);
  }
  demo_out[0] = SEEN, demo_out[1] = UNSEEN;
  demo_out[2] = 64 * 64 + 64 + 64 * 10 + 10;
  return 3;
}
