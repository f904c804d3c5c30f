// Made from chapters/08-data.nw by tools/tangle: edit there.
#include <stdatomic.h>
#include <stdio.h>
#include <tt/tt.h>

static atomic_int failures = 2;

static void get(const Dataset *d, Example e)
{
  (void)d;
  if (e.i == 5 && atomic_fetch_sub(&failures, 1) > 0)
    tt_fail(TT_EFILE, "the drive does not answer");
  if (e.x)
    *(Real *)e.x = (Real)e.i;
  *(int32_t *)e.y = (int32_t)e.i;
}

static void ask(void *source)
{
  Batch b = tt_source_next(source);
  const int32_t *at = b.x ? b.y->data : NULL;
  if (at)
    printf("pictures %d and %d\n", at[0], at[1]);
}

int main(void)
{
  Dataset set = { .length = 8, .x_type = TT_F32, .y_type = TT_I32,
                  .get = get };
  BatchSource *s = tt_data_loader_new(&set,
    (DataLoaderOptions){ .size = 2, .workers = 2 });
  TensorError error;
  for (int times = 0; times < 6; times++)
    if (!tt_try(ask, s, &error))
      printf("%s\n", error.message);
  tt_clear();
}
