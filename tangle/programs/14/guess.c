// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// guess.c - the share of each operation of the deep network in the
// FLOPs, and in the time.
//   guess --numbers     those that the text quotes
//   guess --modules     of LeNet, the modules
//   guess --layouts     GPT-2's layout, and what Llama's changes
#include "models.h"

static const char *phase_name(Phase phase)
{
  return phase == TT_FORWARD ? "forward"
       : phase == TT_BACKWARD ? "backward" : "";
}

static void shares_or(bool numbers)
{
  Model m = model_named("cifar");
  Profile *p = tt_profile(step_of_model, &m, m.net,
    (ProfilerOptions){ .warmup = 1, .active = 4 });
  ProfileCost all = {0}, pool = {0};
  for (int i = 0; i < p->n; i++)
    tt_profile_add(&all, &p->row[i].cost);
  if (!numbers)
    puts("operation            phase     FLOPs    time");
  for (int i = 0; i < p->n; i++) {
    const ProfileRow *r = &p->row[i];
    if (strstr(r->name, "pool"))
      tt_profile_add(&pool, &r->cost);
    if (i < 9 && !numbers)
      printf("%-20s %-8s %5.1f %% %5.1f %%\n", r->name,
             phase_name(r->phase), 100 * r->cost.flops / all.flops,
             100 * r->cost.seconds / all.seconds);
  }
  if (numbers)
    printf("guess.step\t%.0f ms\nguess.pooltime\t%.0f %%\n"
           "guess.poolflops\t%.1f %%\n", 1e3 * p->seconds / 4,
           100 * pool.seconds / all.seconds,
           100 * pool.flops / all.flops);
}

static void shares(void)  { shares_or(false); }
static void numbers(void) { shares_or(true); }
static void modules(void)
{
  Model m = model_named("lenet");
  Profile *p = tt_profile(step_of_model, &m, m.net,
    (ProfilerOptions){ .warmup = 3, .active = 20 });
  tt_profile_print_modules(p);
}

static void layouts(void)
{
  GptOptions o = { .vocab_size = 65, .context = 128, .dim = 128,
                   .layers = 4, .heads = 4 };
  Tensor *ids = tt_randint(0, 65, TT_SHAPE(8, 128), NULL);
  Profile *gpt2 = tt_profile_forward_pass(tt_gpt_new(o, NULL), ids);
  Gpt *llama = tt_gpt_new(tt_llama_like(o), NULL);
  tt_profile_difference_print(tt_profile_difference(
    gpt2, tt_profile_forward_pass(llama, ids)));
}

int main(int argc, char **argv)
{
  tt_autograd_enable();
  const char *what = argc > 1 ? argv[1] : "";
  (strcmp(what, "--modules") == 0 ? modules
   : strcmp(what, "--layouts") == 0 ? layouts
   : strcmp(what, "--numbers") == 0 ? numbers : shares)();
  tt_clear();
}
