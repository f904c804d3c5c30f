#!/usr/bin/python3
"""Writes gradients.txt: the gradients that PyTorch computes.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/gradients.py

The file is committed, so that no test needs Python. Its fields are
written as in vectors.txt (see generate.py):

    case NAME OP INTEGERS FLOATS
    in SHAPE BITS            an operand that requires a gradient
    label SHAPE INTEGERS     an operand that does not: class numbers
    weight SHAPE BITS        of each class
    out SHAPE BITS           the result
    up SHAPE BITS            the gradient that arrives at the result
    grad SHAPE BITS          of each `in`, in their order
"""
import numpy as np
import torch
import torch.nn.functional as F
from form import bits, ints, write

rng = np.random.default_rng(5)
ALL = -2147483648
out = []


def values(shape, how="normal"):
    n = int(np.prod(shape))
    v = rng.standard_normal(n)
    if how == "ties":
        v = rng.integers(-2, 3, n)
    if how == "positive":
        v = np.exp(v)
    if how == "share":
        v = rng.random(n)
    if how == "wide":
        v = 5 * v
    v = np.asarray(v, np.float32).reshape(shape)
    return torch.from_numpy(v).requires_grad_(True)


def labels(shape, classes, ignored=()):
    v = rng.integers(0, classes, int(np.prod(shape))).reshape(shape)
    flat = v.ravel()
    for i in ignored:
        flat[i] = -100
    return torch.from_numpy(np.asarray(v))


def case(name, op, f, operands, integers=(), floats=(), target=None,
         weight=None):
    y = f(*operands) if target is None else f(*operands, target)
    up = torch.from_numpy(rng.standard_normal(tuple(y.shape)).astype(np.float32))
    grads = torch.autograd.grad(y, operands, up, allow_unused=True)
    out.append("case %s %s %s %s" % (name, op, ints(integers),
                                     bits(np.array(floats, np.float32))))
    for x in operands:
        out.append("in %s %s" % (ints(x.shape), bits(x.detach().numpy())))
    if target is not None:
        out.append("label %s %s" % (ints(target.shape), ints(target.flatten())))
    if weight is not None:
        out.append("weight %s %s" % (ints(weight.shape), bits(weight)))
    out.append("out %s %s" % (ints(y.shape), bits(y.detach().numpy())))
    out.append("up %s %s" % (ints(up.shape), bits(up.numpy())))
    for x, g in zip(operands, grads):
        g = torch.zeros_like(x) if g is None else g
        out.append("grad %s %s" % (ints(g.shape), bits(g.numpy())))


PAIRS = [((3, 4), (3, 4)), ((2, 3, 4), (4,)), ((5, 1, 3), (2, 1)), ((), (2, 3)),
         ((1, 7), (7, 1)), ((2, 0, 3), (3,))]
for op, f in [("add", torch.add), ("sub", torch.sub), ("mul", torch.mul),
              ("div", torch.div), ("maximum", torch.maximum),
              ("minimum", torch.minimum)]:
    for k, (a, b) in enumerate(PAIRS):
        how = "ties" if op in ("maximum", "minimum") else "normal"
        case("%s_%d" % (op, k), op, f,
             [values(a, how), values(b, "positive" if op == "div" else how)])

for op, f, how in [("neg", torch.neg, "normal"), ("abs", torch.abs, "ties"),
                   ("exp", torch.exp, "normal"), ("log", torch.log, "positive"),
                   ("sqrt", torch.sqrt, "positive"), ("relu", torch.relu, "ties"),
                   ("sigmoid", torch.sigmoid, "wide"), ("tanh", torch.tanh, "wide"),
                   ("gelu", F.gelu, "wide"), ("silu", F.silu, "wide"),
                   ("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), "wide")]:
    for k, shape in enumerate([(17,), (3, 5), (), (0, 2)]):
        case("%s_%d" % (op, k), op, f, [values(shape, how)])
case("leaky_relu", "leaky_relu", lambda x: F.leaky_relu(x, 0.25),
     [values((4, 5), "ties")], (), (0.25,))

for k, (a, b) in enumerate([((3, 4), (4, 2)), ((4,), (4,)), ((4,), (4, 3)),
                            ((3, 4), (4,)), ((2, 3, 4), (4, 5)),
                            ((3, 4), (2, 4, 5)), ((3, 1, 2, 4), (2, 4, 3)),
                            ((2, 3, 4), (4,)), ((4,), (2, 4, 3)),
                            ((2, 0), (0, 3)), ((16, 33), (33, 20))]):
    case("matmul_%d" % k, "matmul", torch.matmul, [values(a), values(b)])

for op, f in [("sum", torch.sum), ("mean", torch.mean)]:
    for k, dim in enumerate([0, 1, -1]):
        case("%s_%d" % (op, k), op, lambda x: f(x, dim, keepdim=k == 1),
             [values((3, 4, 5))], (dim, k == 1))
    case("%s_all" % op, op, lambda x: f(x), [values((3, 4))], (ALL, 0))
for k, dim in enumerate([0, 1, -1]):
    case("max_%d" % k, "max", lambda x: torch.max(x, dim, keepdim=k == 1)[0],
         [values((3, 4, 5), "ties")], (dim, k == 1))
case("max_all", "max", lambda x: torch.max(x), [values((3, 6), "ties")], (ALL, 0))
case("max_all_distinct", "max", lambda x: torch.max(x), [values((3, 6))], (ALL, 0))

for op, f in [("softmax", F.softmax), ("log_softmax", F.log_softmax)]:
    for k, (shape, dim) in enumerate([((3, 5), -1), ((3, 5), 0), ((2, 7, 3), 1),
                                      ((100,), 0), ((0, 4), 1)]):
        case("%s_%d" % (op, k), op, lambda x: f(x, dim),
             [values(shape, "wide")], (dim,))

case("cat", "cat", lambda a, b, c: torch.cat([a, b, c], 1),
     [values((2, 1, 3)), values((2, 4, 3)), values((2, 2, 3))], (1,))
case("linear", "linear", F.linear, [values((7, 5)), values((4, 5)), values((4,))])
case("linear_deep", "linear", F.linear,
     [values((2, 3, 5)), values((4, 5)), values((4,))])

REDUCTIONS = ["mean", "sum", "none"]
for r, how in enumerate(REDUCTIONS):
    case("mse_%s" % how, "mse", lambda x, y: F.mse_loss(x, y, reduction=how),
         [values((3, 4)), values((3, 4))], (r,))
    case("bce_%s" % how, "bce",
         lambda p, y: F.binary_cross_entropy(p, y, reduction=how),
         [values((3, 4), "share"), values((3, 4), "share")], (r,))
    case("bce_logits_%s" % how, "bce_logits",
         lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction=how),
         [values((3, 4), "wide"), values((3, 4), "share")], (r,))
    case("nll_%s" % how, "nll",
         lambda x, t: F.nll_loss(x, t, reduction=how), [values((6, 5))],
         (r,), (), labels((6,), 5, (1, 4)))
    for k, (shape, s) in enumerate([((6, 5), 0.0), ((6, 5), 0.2), ((5,), 0.1),
                                    ((2, 5, 3), 0.1)]):
        target = labels(shape[:1] + shape[2:] if len(shape) > 1 else (), 5,
                        (1,) if len(shape) > 1 else ())
        case("cross_entropy_%s_%d" % (how, k), "cross_entropy",
             lambda x, t: F.cross_entropy(x, t, reduction=how, label_smoothing=s),
             [values(shape, "wide")], (r,), (s,), target)

for r, how in enumerate(REDUCTIONS):
    w = values((5,), "share").detach()
    case("nll_weighted_%s" % how, "nll",
         lambda x, t: F.nll_loss(x, t, w, reduction=how), [values((6, 5))],
         (r,), (), labels((6,), 5, (1, 4)), w)
    for k, (shape, s) in enumerate([((6, 5), 0.0), ((6, 5), 0.2), ((5,), 0.1),
                                    ((2, 5, 3), 0.1), ((4, 5), 1.0)]):
        target = labels(shape[:1] + shape[2:] if len(shape) > 1 else (), 5,
                        (1,) if len(shape) > 1 else ())
        w = 3 * values((5,), "share").detach()
        w[k % 5] = 0
        case("cross_entropy_weighted_%s_%d" % (how, k), "cross_entropy",
             lambda x, t: F.cross_entropy(x, t, w, reduction=how,
                                          label_smoothing=s),
             [values(shape, "wide")], (r,), (s,), target, w)

write("gradients.txt", out)
