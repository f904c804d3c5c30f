#!/bin/bash
# The small runs that chapter 5 prints: 05-autograd.sh NAME
. "${0%/*}/lib.sh"
case $1 in
gradient)
  build gradient <<'C'
  tt_autograd_enable();
  Tensor *w = tt_from(TT_SHAPE(3), (Real[]){ 1, 2, 3 });
  w->requires_grad = true;
  tt_backward(tt_sum(tt_mul(w, w), TT_ALL, false));
  tt_print(w->grad);
C
  show gradient; run gradient ;;
changed)
  build changed <<'C'
  tt_autograd_enable();
  Linear *layer = tt_linear_new(3, 2, NULL);
  Tensor *x = tt_ones(TT_SHAPE(4, 3));
  Tensor *loss = tt_sum(tt_forward(layer, x), TT_ALL, false);
  tt_fill_(x, 0);
  tt_backward(loss);
C
  show changed; aborts changed ;;
dangling)
  compile dangling <<'C'
#include <stdio.h>
#include "tt/tt.h"

typedef struct Note { Op *op; Tensor *result, *operand[2]; } Note;
static Note tape[100];
static int  notes;

static Tensor *note(Op *op, Tensor *y, int n, Tensor *const x[],
                    const Attr *attr)
{
  tape[notes++] = (Note){ op, y, { x[0], n > 1 ? x[1] : NULL } };
  return y;
}

static Tensor *layer(Tensor *x, Tensor *w)     // both [3]
{
  TT_SCOPE;
  Tensor *h = tt_mul(x, w);
  return tt_keep(tt_tanh(h));
}

int main(void)
{
  tt_recorder = note;
  layer(tt_ones(TT_SHAPE(3)), tt_ones(TT_SHAPE(3)));
  tt_zeros(TT_SHAPE(7));                       // seven labels
  Note *last = &tape[notes - 1];
  printf("the operand of %s:\n", last->op->name);
  printf("%s\n", TT_TEXT(tt_shape(last->operand[0])));
}
C
  show_all dangling; run dangling ;;
forgets-two)
  compile square <<'C'
#include <stdio.h>
#include "tt/tt.h"

static void square_backward(TapeNode *k)
{
  tt_accumulate(k, 1, tt_mul(k->grad, tt_node_saved(k, 1)));
}

static Tensor *square(void *arg)
{
  static Op op = { .name = "square", .backward = square_backward,
                   .saves = TT_SAVES(1) };
  Tensor *x = *(Tensor **)arg;
  Tensor *y = tt_detach(tt_mul(x, x));         // the numbers only
  return tt_record(&op, y, 1, &x, (Attr){0});
}

int main(void)
{
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_arange(1, 4, 1), true);
  GradCheck c = tt_gradcheck(square, &x, 1, &x);
  printf("element %d: %.3f by rule, %.3f by difference\n",
         (int)c.element, c.analytical, c.numerical);
}
C
  show_all square; run square ;;
*) unknown "$1" gradient changed dangling forgets-two ;;
esac
