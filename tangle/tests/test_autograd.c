// Made from chapters/05-autograd.nw by tools/tangle: edit there.
#include <tgmath.h>
#include "tt_test.h"

static Tensor *parameter(Shape s)
{
  Tensor *t = tt_rand(s, NULL);
  return tt_requires_grad_(t, true);
}

TT(autograd, what_nobody_wants_is_not_recorded)
{
  tt_autograd_enable();
  Tensor *a = tt_ones(TT_SHAPE(2)), *w = parameter(TT_SHAPE(2));
  tt_expect(!tt_mul(a, a)->node, "a product of constants has a node");
  tt_expect_int(tt_tape_length(), 0);
  Tensor *y = tt_mul(a, w), *z = tt_add(a, y);
  tt_expect(y->requires_grad && z->requires_grad, "not handed up");
  tt_expect(tt_mul(w, a)->requires_grad, "only the last was asked");
  tt_expect_int(tt_tape_length(), 3);
  tt_expect(!tt_eq(w, w)->requires_grad, "a comparison is recorded");
}

TT(autograd, a_forward_pass_leaves_nothing_behind)
{
  tt_autograd_enable();
  Tensor *w = parameter(TT_SHAPE(8, 8));
  int64_t live = 0;
  for (int round = 0; round < 1000; round++) {
    TT_SCOPE;
    tt_sum(tt_tanh(tt_matmul(w, tt_tanh(w))), TT_ALL, false);
    tt_expect_int(tt_tape_length(), 4);
    if (round == 0)
      live = tt_memory_stats().live_bytes;
    tt_expect_int(tt_memory_stats().live_bytes, live);
  }
  tt_expect_int(tt_tape_length(), 0);
}

TT(autograd, no_grad_ends_with_its_block)
{
  tt_autograd_enable();
  Tensor *w = parameter(TT_SHAPE(2));
  {
    TT_NO_GRAD;
    tt_expect(!tt_mul(w, w)->requires_grad, "recorded all the same");
    TT_SCOPE;
    tt_expect(!tt_mul(w, w)->requires_grad, "not inherited");
  }
  tt_expect(tt_mul(w, w)->requires_grad, "it did not end");
  Tensor *y = tt_mul(tt_detach(w), w);
  tt_expect(y->node, "no node, if only the second operand wants it");
  tt_expect(!y->node->saved[1].leaf, "not detached");
  Tensor *label = tt_from_int(TT_SHAPE(2), (int32_t[]){0, 1});
  tt_expect_fail(tt_requires_grad_(label, true), "of i32");
  tt_expect_fail(tt_requires_grad_(tt_mul(w, w), true), "tt_detach");
}

TT(autograd, the_loop_reaches_what_led_there)
{
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_full(TT_SHAPE(2), 3), true);
  Tensor *first = tt_neg(x), *unused = tt_neg(x);
    Tensor *y = tt_neg(tt_add_scalar(first, 1));
  fprintf(stderr, "a node without a gradient must take no step\n");
  tt_backward_with(y, tt_from(TT_SHAPE(2), (Real[]){1, 10}));
  tt_expect(first->node->spent, "the node at the bottom is left out");
  tt_expect_values(x->grad, 0, 1, 10);
  tt_expect(y->node->spent && !unused->node->spent, "not that one");
  fprintf(stderr, "a leaf has no node: y->node is NULL\n");
  y = tt_requires_grad_(tt_ones(TT_SCALAR), true);
  tt_backward(y);
  tt_expect_values(y->grad, 0, 1);
}

TT(autograd, used_twice_counts_twice)
{
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_full(TT_SCALAR, 3), true);
  tt_backward(tt_mul_scalar(x, 2));
  Tensor *seen = tt_detach(x->grad), *u = tt_mul_scalar(x, 5);
  int64_t before = tt_memory_stats().tensors;
  tt_backward(u);                          // two look at the gradient
  tt_expect(x->grad->scope == x->scope, "the sum went with its step,"
            " or is not in *slot: move it to the scope of the old one");
  tt_expect_values(x->grad, 0, 2 + 5);
  tt_expect_values(seen, 0, 2);
  tt_expect(tt_memory_stats().tensors == before, "the old gradient is"
            " still there, and its place taken: release it");
  tt_zero_grad(x);
  u = tt_mul_scalar(x, 2);
  tt_backward(tt_add(u, u));
  tt_expect_values(x->grad, 0, 4);
  tt_zero_grad(x);
  u = tt_mul_scalar(x, 2);
  Tensor *v = tt_mul_scalar(x, 3), *w = tt_mul_scalar(u, 5);
  tt_backward(tt_add(tt_add(u, v), w));    // u and v see one gradient
  tt_expect_values(x->grad, 0, 2 + 3 + 10);
}

TT(autograd, gradients_add_up_until_zeroed)
{
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_full(TT_SHAPE(2), 3), true);
  tt_backward(tt_sum(tt_mul_scalar(x, 2), 0, false));
  tt_backward(tt_sum(tt_mul_scalar(x, 5), 0, false));
  tt_expect_values(x->grad, 0, 7, 7);
  tt_zero_grad(x);
  tt_expect(!x->grad, "still there");
  tt_backward_with(x, tt_ones(TT_SHAPE(2)));
  tt_expect_values(x->grad, 0, 1, 1);
}

TT(autograd, stretched_operands_are_summed)
{
  tt_autograd_enable();
  Tensor *row = tt_requires_grad_(tt_zeros(TT_SHAPE(3)), true);
  Tensor *column = tt_requires_grad_(tt_zeros(TT_SHAPE(2, 1)), true);
  Tensor *one = tt_requires_grad_(tt_zeros(TT_SCALAR), true);
  Tensor *y = tt_add(tt_add(row, column), one);
  tt_backward_with(y, tt_reshape(tt_arange(1, 7, 1), TT_SHAPE(2, 3)));
  tt_expect_values(row->grad, 0, 5, 7, 9);
  tt_expect_values(column->grad, 0, 6, 15);
  tt_expect_shape(column->grad, TT_SHAPE(2, 1));
  tt_expect_values(one->grad, 0, 21);
  tt_zero_grad(column);            // stretched in front and behind
  Tensor *deep = tt_zeros(TT_SHAPE(2, 2, 3));
  tt_backward_with(tt_add(column, deep), tt_ones(tt_shape(deep)));
  tt_expect_values(column->grad, 0, 6, 6);
}

TT(autograd, a_product_has_two_gradients)
{
  tt_autograd_enable();
  Tensor *x = tt_requires_grad_(tt_arange(2, 4, 1), true);
  Tensor *y = tt_requires_grad_(tt_arange(5, 7, 1), true);
  tt_backward_with(tt_mul(x, y), tt_from(TT_SHAPE(2),
                                         (Real[]){1, 10}));
  tt_expect_values(x->grad, 0, 5, 60);
  tt_expect_values(y->grad, 0, 2, 30);
  tt_zero_grad(x);
  tt_backward(tt_sum(tt_mul(x, x), 0, false));
  tt_expect_values(x->grad, 0, 4, 6);
  tt_zero_grad(x);                 // a constant: x is not saved
  tt_backward(tt_sum(tt_mul(x, tt_arange(7, 9, 1)), 0, false));
  tt_expect_values(x->grad, 0, 7, 8);
}

TT(autograd, relu_lets_through_or_not)
{
  tt_autograd_enable();
  Real in[] = { 2, -1, 0, NAN }, want[] = { 1, 0, 0, 4 };
  Tensor *x = tt_from(TT_SHAPE(4), in);
  tt_requires_grad_(x, true);
  tt_backward_with(tt_relu(x), tt_arange(1, 5, 1));
  for (int i = 0; i < 4; i++) {
    Real got = ((Real *)x->grad->data)[i];
    tt_expect(got == want[i], "x = %g, where the gradient %d arrives:"
              " %g goes on, not %g", (double)in[i], i + 1, (double)got,
              (double)want[i]);
  }
}

TT(autograd, gradients_of_a_product_of_matrices)
{
  tt_autograd_enable();
  Tensor *a = tt_reshape(tt_arange(1, 5, 1), TT_SHAPE(2, 2));
  Tensor *b = tt_reshape(tt_arange(5, 9, 1), TT_SHAPE(2, 2));
  a = tt_requires_grad_(tt_clone(a), true);
  b = tt_requires_grad_(tt_clone(b), true);
  Tensor *g = tt_from(TT_SHAPE(2, 2), (Real[]){1, 10, 100, 1000});
  tt_backward_with(tt_matmul(a, b), g);
  tt_expect_values(a->grad, 0, 65, 87, 6500, 8700);
  tt_expect_values(b->grad, 0, 301, 3010, 402, 4020);
}

TT(autograd, gradients_of_products_in_a_batch)
{
  tt_autograd_enable();
  Shape s = TT_SHAPE(2, 2, 2);
  Tensor *a = tt_reshape(tt_arange(1, 9, 1), s);
  Tensor *b = tt_requires_grad_(tt_ones(s), true);
  tt_backward_with(tt_matmul(a, b), tt_ones(s));
  tt_expect_values(b->grad, 0, 4, 4, 6, 6, 12, 12, 14, 14);
}

TT(autograd, gradients_of_a_layer)
{
  tt_autograd_enable();
  Tensor *x = tt_from(TT_SHAPE(4, 2),
                      (Real[]){1, 2, -3, 4, 0, 1, 1, 0});
  Tensor *w = tt_from(TT_SHAPE(3, 2), (Real[]){1, 0, 0, 1, 1, 1});
  Tensor *b = tt_requires_grad_(tt_zeros(TT_SHAPE(3)), true);
  tt_requires_grad_(w, true);
  Tensor *g = tt_reshape(tt_arange(1, 13, 1), TT_SHAPE(4, 3));
  tt_backward_with(tt_linear(x, w, b), g);
  tt_expect_values(w->grad, 0, -1, 25, -2, 32, -3, 39);
  tt_expect_values(b->grad, 0, 22, 26, 30);
  tt_expect(!x->grad, "nobody wanted a gradient of the data");
}

TT(autograd, the_gradient_of_the_cross_entropy)
{
  tt_autograd_enable();
  Tensor *p = tt_arange(1, 5, 1);
  Tensor *z = tt_reshape(tt_cat(2, (Tensor *[]){ tt_log(p),
                         tt_zeros(TT_SHAPE(4)) }, 0), TT_SHAPE(2, 4));
  Tensor *label = tt_from_int(TT_SHAPE(2), (int32_t[]){1, -100});
  tt_backward(tt_cross_entropy(tt_requires_grad_(z, true), label));
  tt_expect_values(z->grad, 1e-6, 0.1, -0.8, 0.3, 0.4, 0, 0, 0, 0);
  z = tt_log(tt_from(TT_SHAPE(1, 4, 2),
             (Real[]){1, 4, 2, 3, 3, 2, 4, 1}));
  label = tt_from_int(TT_SHAPE(1, 2), (int32_t[]){3, 0});
  LabelOptions o = { .reduction = TT_REDUCE_SUM,
                     .label_smoothing = 0.4 };
  tt_backward(tt_cross_entropy_with(tt_requires_grad_(z, true), label,
                                    o));
  tt_expect_values(z->grad, 1e-6, 0, -0.3, 0.1, 0.2,
                   0.2, 0.1, -0.3, 0);
}

TT(autograd, the_gradient_of_a_weighted_cross_entropy)
{
  tt_autograd_enable();
  Tensor *z = tt_log(tt_from(TT_SHAPE(1, 2), (Real[]){1, 3}));
  Tensor *label = tt_from_int(TT_SHAPE(1), (int32_t[]){0});
  LabelOptions o = { .reduction = TT_REDUCE_SUM, .label_smoothing = 0.5,
    .weight = tt_from(TT_SHAPE(2), (Real[]){2, 4}) };
  z = tt_requires_grad_(z, true);
  Tensor *loss = tt_cross_entropy_with(z, label, o);
  tt_backward(tt_mul_scalar(loss, 2));
  tt_expect_values(z->grad, 1e-6, -1.75, 1.75);
}

TT(autograd, nothing_was_recorded)
{
  Tensor *x = tt_ones(TT_SCALAR), *w = parameter(TT_SCALAR);
  Tensor *early = tt_mul(x, w);
  tt_expect_fail(tt_backward(early), "tt_autograd_enable()");
  tt_autograd_enable();
  tt_expect_fail(tt_backward(tt_mul(x, x)), "mark the parameters");
  TT_NO_GRAD;
  tt_expect_fail(tt_backward(tt_mul(x, w)), "inside TT_NO_GRAD");
}

TT(autograd, a_graph_is_used_once)
{
  tt_autograd_enable();
  Tensor *w = parameter(TT_SHAPE(2)), *u = tt_exp(w);
  tt_backward(tt_sum(u, 0, false));
  tt_expect_fail(tt_backward(tt_sum(u, 0, false)), "through tt_exp");
  tt_expect_fail(tt_backward(tt_exp(w)), "tt_sum or tt_mean");
  tt_expect_fail(tt_backward_with(tt_exp(w), tt_ones(TT_SHAPE(3))),
                 "a gradient [3] for");
}

TT(autograd, what_was_saved_must_not_change)
{
  tt_autograd_enable();
  Tensor *w = parameter(TT_SHAPE(2)), *x = tt_ones(TT_SHAPE(2));
  Tensor *y = tt_sum(tt_mul(x, w), 0, false);
  tt_set_(x, TT_INDEX(0), 7);
  tt_expect_fail(tt_backward(y), "an operand of tt_mul, shape [2]");
  Tensor *u = tt_exp(w);
  y = tt_sum(u, 0, false);
  tt_fill_(u, 0);
  tt_expect_fail(tt_backward(y), "the result of tt_exp, shape [2]");
  tt_expect_fail(tt_add(u, u), "tt_add: the result of tt_exp");
  u = tt_add(w, w), y = tt_sum(u, 0, false);
  tt_expect_fail(tt_fill_(w, 0), "tt_fill_: shape [2] is a leaf");
  tt_fill_(tt_detach(w), 0);       // addition saves nothing
  tt_backward(y);
  tt_expect_values(w->grad, 0, 2, 2);
}

static void reenter(TapeNode *k)
{
  tt_backward(tt_sum(k->grad, TT_ALL, false));
}

TT(autograd, rules_do_not_go_back)
{
  tt_autograd_enable();
  static Op op = { .name = "twice", .backward = reenter };
  Tensor *w = parameter(TT_SHAPE(2));
  Tensor *y = tt_record(&op, tt_alias(w), 1, &w, (Attr){0});
  tt_expect_fail(tt_backward_with(y, tt_ones(TT_SHAPE(2))),
                 "while another one runs");
}

static void break_off(TapeNode *k)
{
  tt_matmul(k->grad, tt_ones(TT_SHAPE(3, 3)));
}

static void go_back_halfway(void *w)
{
  static Op op = { .name = "broken", .backward = break_off };
  Tensor *x = tt_exp(w);
  Tensor *y = tt_record(&op, tt_detach(x), 1, &x, (Attr){0});
  tt_backward(tt_sum(tt_mul(y, y), 0, false));
}

TT(autograd, a_failure_halfway_leaves_order)
{
  tt_autograd_enable();
  Tensor *w = tt_requires_grad_(tt_ones(TT_SHAPE(2)), true);
  tt_backward(tt_sum(tt_mul(w, w), 0, false));
  int64_t live = tt_memory_stats().live_bytes;
  int64_t length = tt_tape_length();
  tt_expect(!tt_try(go_back_halfway, w, NULL), "it worked");
  tt_expect_int(tt_memory_stats().live_bytes, live);
  tt_expect_int(tt_tape_length(), length);
  tt_backward(tt_sum(tt_mul(w, w), 0, false));
  tt_expect_values(w->grad, 0, 4, 4);
}

static Tensor *tanh_of_product(void *arg)
{
  Tensor **x = arg;
  return tt_tanh(tt_matmul(x[0], x[1]));
}

TT(autograd, rules_agree_with_differences)
{
  tt_autograd_enable();
  Tensor *x[] = { parameter(TT_SHAPE(3, 2)),
                  parameter(TT_SHAPE(2, 4)) };
  GradCheck c = tt_gradcheck(tanh_of_product, x, 2, x);
  tt_expect(c.error < 1e-3, "off by %g", c.error);
}

static void wrong_backward(TapeNode *k) // of the square: forgets the 2
{
  tt_accumulate(k, 1, tt_mul(k->grad, tt_node_saved(k, 1)));
}

static Tensor *wrong_square(void *arg)
{
  static Op op = { .name = "square", .backward = wrong_backward,
                   .saves = TT_SAVES(1) };
  Tensor *x = *(Tensor **)arg;
  return tt_record(&op, tt_detach(tt_mul(x, x)), 1, &x, (Attr){0});
}

TT(autograd, a_wrong_rule_is_found)
{
  tt_autograd_enable();
  Tensor *x[] = { tt_requires_grad_(tt_arange(1, 4, 1), true) };
  GradCheck c = tt_gradcheck(wrong_square, x, 1, x);
  tt_expect(c.error > 0.4, "only %g", c.error);
  tt_expect_fail(tt_gradcheck(wrong_square, x, 1, (Tensor *[]){
    tt_ones(TT_SHAPE(2)) }), "tt_gradcheck: tensor 0");
}
