#!/usr/bin/python3
"""Writes vectors.txt and prints.txt: what PyTorch answers.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/generate.py

The files are committed, so that no test needs Python. Lines of
vectors.txt, fields separated by one space, lists by commas, "-" for an
empty list, floats as the eight hexadecimal digits of their bits:

    case NAME OP INTEGERS FLOATS     an operation and its attributes
    in BASE START STEP PERM SHAPE BITS
        an operand: base tensor of shape BASE with these elements, each
        dimension sliced from START by STEP, then permuted, then expanded
    out DTYPE SHAPE ELEMENTS         the answer, contiguous (f32: bits,
                                     i32: decimal)

prints.txt: "case NAME DTYPE SHAPE ELEMENTS LINES", then LINES lines that
PyTorch prints, but with our names of types: i32 for torch.int32.
"""
import numpy as np
import torch
from form import bits, ints, write

rng = np.random.default_rng(1)
SPECIAL = np.array([0.0, -0.0, 1, -1, np.nan, np.inf, -np.inf, 1e-40, -1e-45,
                    3e38, -3e38, 1.17549435e-38, 88.8, -104, 0.5, 2, 3],
                   np.float32)
out = []


def values(shape, how):
    n = int(np.prod(shape))
    v = rng.standard_normal(n).astype(np.float32)
    if how == "ties":
        v = rng.integers(-2, 3, n).astype(np.float32)
    if how == "special":
        v = np.where(rng.random(n) < 0.6, rng.choice(SPECIAL, n), v)
    if how == "mixed":                   # sums must not depend on the order
        v = np.where(rng.random(n) < 0.3, rng.choice(SPECIAL[:9], n), v)
    return v.reshape(shape)


def operand(shape, how="normal", expand=True):
    """A random strided view of that shape, and the line that makes it."""
    rank = len(shape)
    perm = list(rng.permutation(rank))
    small = [1 if expand and n and rng.random() < 0.2 else n for n in shape]
    base, start, step = [0] * rank, [0] * rank, [1] * rank
    for i, b in enumerate(perm):
        if rng.random() < 0.3:
            start[b], step[b] = int(rng.integers(0, 2)), int(rng.integers(1, 3))
        base[b] = start[b] + small[i] * step[b]
    data = values(base, how)
    t = torch.from_numpy(data)
    for b in range(rank):
        t = t.narrow(b, start[b], base[b] - start[b])
        index = [slice(None)] * rank
        index[b] = slice(None, None, step[b])
        t = t[tuple(index)] if rank else t
    t = t.permute(*[int(p) for p in perm]) if rank else t
    t = t.expand(*shape) if rank else t
    line = "in %s %s %s %s %s %s" % (ints(base), ints(start), ints(step),
                                     ints(perm), ints(shape), bits(data))
    return t, line


def case(name, op, y, operands, integers=(), floats=()):
    out.append("case %s %s %s %s" % (name, op, ints(integers),
                                     bits(np.array(floats, np.float32))))
    out.extend(line for _, line in operands)
    if y.dtype in (torch.int64, torch.int32):
        out.append("out i32 %s %s" % (ints(y.shape), ints(y.flatten())))
    else:
        out.append("out f32 %s %s" % (ints(y.shape), bits(y.numpy())))


ZIPS = {"add": torch.add, "sub": torch.sub, "mul": torch.mul,
        "div": torch.div, "maximum": torch.maximum, "minimum": torch.minimum,
        "eq": lambda a, b: (a == b).float(), "lt": lambda a, b: (a < b).float()}
PAIRS = [((3, 4), (3, 4)), ((2, 3, 4), (4,)), ((5, 1, 3), (2, 1)), ((), (2, 3)),
         ((1, 7), (7, 1)), ((2, 0, 3), (3,)), ((2, 1, 2, 1, 3, 2), (3, 2))]
for op, f in ZIPS.items():
    for k, (sa, sb) in enumerate(PAIRS):
        how = "special" if k % 2 else "normal"
        if op in ("eq", "lt", "maximum", "minimum") and k % 2 == 0:
            how = "ties"
        a, b = operand(sa, how), operand(sb, how)
        case("%s_%d" % (op, k), op, f(a[0], b[0]), [a, b])

MAPS = {"neg": torch.neg, "abs": torch.abs, "exp": torch.exp,
        "log": torch.log, "sqrt": torch.sqrt}
for op, f in MAPS.items():
    for k, (shape, how) in enumerate([((17,), "normal"), ((4, 5, 3), "special"),
                                      ((), "normal"), ((0, 2), "normal")]):
        x = operand(shape, how)
        case("%s_%d" % (op, k), op, f(x[0]), [x])
for k, c in enumerate([0.0, 2.5, float("inf"), float("nan")]):
    x = operand((3, 4), "special")
    case("add_scalar_%d" % k, "add_scalar", x[0] + c, [x], (), (c,))
    case("mul_scalar_%d" % k, "mul_scalar", x[0] * c, [x], (), (c,))

ALL = -2147483648
for k, (shape, dims) in enumerate([((5,), (0, ALL)), ((3, 4, 5), (0, 1, -1, ALL)),
                                   ((2, 1, 3), (1, 2)), ((), (ALL,)),
                                   ((2, 3, 2, 2, 1, 3), (3, -6, ALL)),
                                   ((4, 0), (0, 1)), ((33, 17), (0, 1, ALL))]):
    for how in ("normal", "ties", "mixed"):
        for dim in dims:
            for keep in (False, True):
                if shape == (33, 17) and (keep or how == "mixed"):
                    continue
                x = operand(shape, how)
                t = x[0].contiguous()
                name = "%d_%s_%s%s" % (k, how, "all" if dim == ALL else dim,
                                       "_keep" if keep else "")
                d = list(range(t.dim())) if dim == ALL else [dim]

                def shaped(y):
                    return y.reshape([1] * t.dim()) if keep else y
                whole = dim == ALL
                case("sum_" + name, "sum", shaped(t.sum()) if whole
                     else t.sum(dim, keep), [x], (dim, keep))
                case("mean_" + name, "mean", shaped(t.mean()) if whole
                     else t.mean(dim, keep), [x], (dim, keep))
                if t.numel() == 0 and (whole or t.shape[dim] == 0):
                    continue
                case("max_" + name, "max", shaped(t.max()) if whole
                     else t.amax(dim, keep), [x], (dim, keep))
                case("argmax_" + name, "argmax", shaped(t.argmax()) if whole
                     else t.argmax(dim, keep), [x], (dim, keep))

for k, (sa, sb) in enumerate([((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 5)),
                              ((3, 4), (4, 5)), ((17, 33), (33, 9)),
                              ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)),
                              ((5, 1, 3, 4), (2, 4, 2)), ((4,), (3, 4, 2)),
                              ((2, 3, 4), (4,)), ((3, 0), (0, 2)),
                              ((0, 3), (3, 2)), ((2, 1, 2, 2, 3, 4), (2, 4, 3)),
                              ((33, 40), (40, 31))]):
    a, b = operand(sa), operand(sb)
    case("matmul_%d" % k, "matmul", torch.matmul(a[0], b[0]), [a, b])

for k, (shapes, dim) in enumerate([([(2, 3), (2, 3)], 0), ([(2, 3), (2, 1)], 1),
                                   ([(4,), (0,), (2,)], 0),
                                   ([(2, 2, 3), (2, 5, 3), (2, 1, 3)], -2)]):
    xs = [operand(s, "special") for s in shapes]
    case("cat_%d" % k, "cat", torch.cat([x[0] for x in xs], dim), xs, (dim,))
for k, v in enumerate([[-2.7, -0.5, -0.0, 0.5, 2.7, 127.9, -128.9, 1e9]]):
    t = torch.tensor(v)
    x = (t, "in %d 0 1 0 %d %s" % (len(v), len(v), bits(t.numpy())))
    case("to_i32_%d" % k, "to_i32", t.to(torch.int32), [x])
for k, (a, b, s) in enumerate([(0, 10, 1), (0, 1, 0.1), (5, 0, -1.5), (2, 2, 1)]):
    case("arange_%d" % k, "arange",
         torch.arange(a, b, s, dtype=torch.float32), [], (), (a, b, s))

# A million elements that both sides can make: the golden-ratio sequence.
i = np.arange(1000000, dtype=np.uint64)
million = (((i * 2654435761) % 2**32) >> np.uint64(8)).astype(np.float32) * \
    np.float32(2.0 ** -24)
out.append("case million million - %s" % bits(np.array(
    [np.float32(million.astype(np.float64).sum()),
     np.float32((million - np.float32(0.5)).astype(np.float64).sum())])))
write("vectors.txt", out)

# ---- printing -----------------------------------------------------------
shown = [("integers", torch.arange(6).reshape(2, 3).float()),
         ("fractions", torch.tensor([[0.5, -1.25], [100, 3]])),
         ("thirds", torch.tensor([1 / 3, 2 / 3, 10 / 3])),
         ("scalar", torch.tensor(3.14159)),
         ("scalar_integer", torch.tensor(7.0)),
         ("large", torch.tensor([1e10, 1.0, 2.0])),
         ("small", torch.tensor([1e-5, 1.0])),
         ("range", torch.tensor([0.0001, 1000.0])),
         ("huge_range", torch.tensor([1e-20, 1e20])),
         ("special", torch.tensor([float("nan"), float("inf"), -float("inf"), 1.5])),
         ("nan_integers", torch.tensor([float("nan"), 1.0, -2.0])),
         ("negative_zero", torch.tensor([-0.0, 0.0])),
         ("only_nan", torch.tensor([float("nan")])),
         ("empty", torch.zeros(0)),
         ("empty_2d", torch.zeros(0, 3)),
         ("row", torch.arange(40).float()),
         ("wide", torch.arange(40).float() / 3),
         ("cube", torch.arange(24).reshape(2, 3, 4).float()),
         ("rank4", torch.arange(16).reshape(2, 2, 2, 2).float()),
         ("summary", torch.arange(1200).float()),
         ("summary_2d", torch.arange(1600).reshape(40, 40).float()),
         ("summary_of_six", torch.arange(1206).reshape(6, 201).float()),
         ("summary_of_3d", torch.arange(1200).reshape(8, 10, 15).float() / 7),
         ("millions", torch.tensor([1234567.0, 7654321.0])),
         ("hundred_million", torch.tensor([1.5e8, 2.0])),
         ("i32", torch.tensor([[1, -20], [300, 4]], dtype=torch.int32)),
         ("u8", torch.tensor([1, 20, 255], dtype=torch.uint8)),
         ("i8", torch.tensor([-128, 5], dtype=torch.int8)),
         ("column", torch.tensor([[1.0], [2.5], [1e3]])),
         ("denormal", torch.tensor([1e-40, 1.0]))]
names = {torch.float32: "f32", torch.int32: "i32", torch.uint8: "u8",
         torch.int8: "i8"}
out = []
for name, t in shown:
    text = str(t)
    for dtype, ours in names.items():
        text = text.replace(str(dtype), ours)
    out.append("case %s %s %s %s %d" % (
        name, names[t.dtype], ints(t.shape), bits(t.float()),
        text.count("\n") + 1))
    out.append(text)
write("prints.txt", out)
