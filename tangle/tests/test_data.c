// Made from chapters/08-data.nw by tools/tangle: edit there.
#include "tt_test.h"

static Dataset *numbered(int64_t n)  // x (2): i, -i; y: i
{
  Tensor *i = tt_arange(0, (double)n, 1);
  return tt_tensor_dataset_new(
    tt_stack(2, (Tensor *[]){ i, tt_neg(i) }, 1), tt_to(i, TT_I32));
}

TT(data, each_example_comes_once_an_epoch)
{
  BatchSource *s = tt_data_loader_new(numbered(65),
    (DataLoaderOptions){ .size = 8, .shuffle = true, .seed = 3 });
  for (int epoch = 0; epoch < 3; epoch++, tt_source_reset(s)) {
    int seen[65] = {0}, batches = 0;
    for (Batch b; (b = tt_source_next(s)).x; batches++)
      for (int64_t i = 0; i < b.x->shape[0]; i++) {
        int at = (int)tt_peek(b.y, i);
        seen[at]++;
        tt_expect_close(tt_peek(b.x, 2 * i), at, 0, 0);
        tt_expect_close(tt_peek(b.x, 2 * i + 1), -at, 0, 0);
      }
    tt_expect_int(batches, s->batches);
    for (int i = 0; i < 65; i++)
      tt_expect_int(seen[i], 1);
  }
}
