// Needs chapter 05: random graphs of operations over views, with the values
// and gradients that PyTorch computed: tests/judges/graphs.txt, written by
// tests/judges/parity.py, which compares any number of others.
#include "tt_test.h"
#include "judges/program.h"
#include <math.h>

// "value 7 1e-6 1,2,3": of value 7, or of its gradient
static void compare(Program *p, char *line) {
  bool gradient = strcmp(strtok(line, " "), "gradient") == 0;
  int at = atoi(strtok(NULL, " "));
  double off = strtod(strtok(NULL, " "), NULL), most = 1;
  char *number = strtok(NULL, " ");
  Tensor *t = gradient ? p->value[at]->grad : p->value[at];
  tt_expect(t, "graph %s: v%d has no gradient", p->name, at);
  t = tt_contiguous(tt_detach(t));
  for (int64_t i = 0; i < tt_numel(t); i++)
    most = fmax(most, fabs(tt_load(t->dtype, t->data, i)));
  if (sizeof(Real) > 4)
    off = off * 0x1p-29 + 1e-12 * most;
  for (int64_t i = 0; i < tt_numel(t); i++, number++) {
    double want = strtod(number, &number);
    double got = tt_load(t->dtype, t->data, i);
    tt_expect(fabs(got - want) <= off,
              "graph %s, %s of v%d, element %d: %.9g, PyTorch %.9g", p->name,
              gradient ? "gradient" : "value", at, (int)i, got, want);
  }
}

TT(parity, with_pytorch_on_random_graphs) {
  static Program p;
  int graphs = 0;
  TensorError e;
  tt_autograd_enable();
  p.from = fopen("tests/judges/graphs.txt", "r");
  tt_expect(p.from, "no tests/judges/graphs.txt");
  for (; next_program(&p); graphs++) {
    TT_SCOPE;
    e = (TensorError){ 0 };
    tt_expect(tt_try(run_program, &p, &e), "graph %s: %s", p.name, e.message);
    while (next_program_line(&p) && strcmp(p.line, "done") != 0)
      compare(&p, p.line);
  }
  fclose(p.from);
  free(p.line);
  tt_expect_int(graphs, 300);
}
