#!/usr/bin/python3
"""Writes losses.txt: what PyTorch answers for chapter 4.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/losses.py

The file is committed, so that no test needs Python. Each line is

    OP REDUCTION IGNORE SMOOTHING SHAPE BITS SHAPE TARGET SHAPE BITS

operand, target and answer; floats as eight hexadecimal digits, labels in
decimal, separated by commas; "-" for an empty list. Lines for losses with
class weights have these as one field more.
"""
import numpy as np
import torch
import torch.nn.functional as F
from form import bits, ints, write

rng = np.random.default_rng(4)
out = []
inf, nan = float("inf"), float("nan")


def case(op, reduction, x, y, answer, ignore=0, smoothing=0.0, weight=None):
    target = ints(y.flatten()) if y.dtype == torch.int64 else bits(y)
    out.append(" ".join([op, reduction, str(ignore), "%g" % smoothing,
                         ints(x.shape), bits(x), ints(y.shape), target,
                         ints(answer.shape), bits(answer)]
                        + ([] if weight is None else [bits(weight)])))


def normal(shape, scale=1.0):
    return torch.from_numpy(np.array(rng.standard_normal(shape) * scale,
                                     np.float32))


def uniform(shape):
    return torch.from_numpy(np.array(rng.random(shape), np.float32))


REDUCTIONS = ("mean", "sum", "none")
SHAPES = [(), (1,), (4,), (17,), (3, 5), (2, 3, 4), (2, 1, 3, 1, 2, 2), (0,),
          (3, 0)]
for shape in SHAPES:
    for r in REDUCTIONS:
        x, y = normal(shape), normal(shape)
        case("mse", r, x, y, F.mse_loss(x, y, reduction=r))
        for hard in (False, True):
            y = uniform(shape)
            y = y.round() if hard else y
            p, z = uniform(shape), normal(shape, 5)
            case("bce", r, p, y, F.binary_cross_entropy(p, y, reduction=r))
            case("logits", r, z, y, F.binary_cross_entropy_with_logits(
                z, y, reduction=r))
special = torch.tensor([0, -0.0, 1, -1, inf, -inf, nan, 1e20, -1e20, 1e-40])
for a in special:
    b = torch.full_like(special, float(a))
    case("mse", "none", special, b, F.mse_loss(special, b, reduction="none"))
edge = torch.tensor([0, 1, 1e-45, 1e-38, 1e-20, 1e-8, 0.5, 1 - 2.0 ** -24])
score = torch.tensor([0, 1, -1, 10, -10, 16, -16, 17, -17, 30, -30, 80, -80,
                      1e4, -1e4, 3e38, -3e38, inf, -inf, nan, 1e-40])
for t in (0.0, 1.0, 0.5, 0.1):
    y = torch.full_like(edge, t)
    case("bce", "none", edge, y, F.binary_cross_entropy(edge, y,
                                                        reduction="none"))
    y = torch.full_like(score, t)
    case("logits", "none", score, y, F.binary_cross_entropy_with_logits(
        score, y, reduction="none"))

BOXES = [(5,), (1,), (1, 1), (4, 10), (3, 1), (7, 33), (0, 5),
         (2, 3, 4), (3, 5, 1, 2), (2, 4, 1, 3, 1, 1), (2, 3, 0)]
for box in BOXES:
    classes = box[min(1, len(box) - 1)]
    rest = tuple(n for d, n in enumerate(box) if d != min(1, len(box) - 1))
    for ignored in (0.0, 0.3, 1.0):
        for r in REDUCTIONS:
            for eps in (0.0, 0.1, 1.0):
                for scale in (1, 30):
                    if scale == 30 and (eps == 1.0 or ignored):
                        continue
                    ignore = int(rng.choice([-100, 0, 7, classes - 1]))
                    z = normal(box, scale)
                    y = torch.from_numpy(np.array(
                        rng.integers(0, classes, rest), np.int64))
                    mask = torch.from_numpy(np.array(rng.random(rest)))
                    y[mask < ignored] = ignore
                    a = F.cross_entropy(z, y, reduction=r, ignore_index=ignore,
                                        label_smoothing=eps)
                    case("cross_entropy", r, z, y, a, ignore, eps)
                    if eps == 0:
                        p = F.log_softmax(z, min(1, len(box) - 1))
                        a = F.nll_loss(p, y, reduction=r, ignore_index=ignore)
                        case("nll", r, p, y, a, ignore)
rows = torch.tensor([[1e4, -1e4, 0], [-inf, 0, 1], [inf, 0, 1], [nan, 0, 0],
                     [-inf, -inf, -inf], [3e38, -3e38, 0], [0, -200, 80]])
for k in range(3):
    for eps in (0.0, 0.1, 1.0):
        y = torch.full((len(rows),), k)
        case("cross_entropy", "none", rows, y, F.cross_entropy(
            rows, y, reduction="none", label_smoothing=eps), -100, eps)
for box in [(5,), (1, 1), (4, 10), (3, 1), (33, 7), (0, 5), (2, 3, 4),
            (3, 5, 1, 2), (2, 3, 0)]:
    classes = box[min(1, len(box) - 1)]
    rest = tuple(n for d, n in enumerate(box) if d != min(1, len(box) - 1))
    for r in REDUCTIONS:
        for eps in (0.0, 0.1, 1.0):
            for kind in ("some", "zeros", "negative"):
                for ignored in (0.0, 0.3, 1.0):
                    if kind != "some" and ignored != 0.3:
                        continue
                    ignore = int(rng.choice([-100, 0, 7, classes - 1]))
                    z = normal(box, 3)
                    y = torch.from_numpy(np.array(
                        rng.integers(0, classes, rest), np.int64))
                    mask = torch.from_numpy(np.array(rng.random(rest)))
                    y[mask < ignored] = ignore
                    w = 3 * uniform((classes,))
                    if kind == "zeros":
                        w = w * (uniform((classes,)) < 0.5)
                    if kind == "negative":
                        w = -w
                    a = F.cross_entropy(z, y, w, reduction=r,
                                        ignore_index=ignore,
                                        label_smoothing=eps)
                    case("cross_entropy", r, z, y, a, ignore, eps, w)
                    if eps == 0:
                        p = F.log_softmax(z, min(1, len(box) - 1))
                        a = F.nll_loss(p, y, w, reduction=r,
                                       ignore_index=ignore)
                        case("nll", r, p, y, a, ignore, 0.0, w)
write("losses.txt", out)
