#!/usr/bin/python3
"""make test-parity: random graphs, answered by the library and by PyTorch.

    parity.py fuzz FLOAT DOUBLE [GRAPHS [SEED]]   compares; exit 1: a deviation
    parity.py show FLOAT DOUBLE SEED              one graph, shrunk, as C
    parity.py corpus FLOAT DOUBLE GRAPHS SEED     writes graphs.txt

FLOAT and DOUBLE are run.c built with either type. A graph is a function of
its seed. Every value and the gradient of every leaf are compared, in double
to what rounding explains, and in float to what it explains there. What it
explains is measured: PyTorch computes the graph again in double, with each
result that float cannot hold off by a random part of float's last place, on
the way there and on the way back (Row.ulps: by more where an operation
computes an approximation; Row.inner: its operands too, because it adds up
products). The largest change in up to 24 such runs is the
yardstick; double is held to the same, 2^29 times finer.

A new operation is a row of program.h and one of ROWS below.
"""
import math
import multiprocessing
import os
import re
import sys
from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F

import library
from library import ALL, Node

EPS = 2.0 ** -24                         # half a unit in float's last place
FINER = 2.0 ** -29                       # of double, against float
TINY = 256 * 2.0 ** -149                 # what is that small has no digits to lose
SLACK = 8                                # times what the noisy runs showed
SPECIAL = [0.0, -0.0, math.nan, math.inf, -math.inf, 1e-40, -1e-45, 1e18,
           -1e18, 1.17549435e-38, 88.8, -104.0, 1.0, -1.0]


# ---- operations ------------------------------------------------------------
@dataclass
class Row:
    torch: Callable                      # (operands, integers, reals)
    make: Callable                       # (maker): the three, or None
    ulps: float = 1                      # its own error, in rounding errors
    off: float = 0                       # its error in float, absolute
    back: float = 0                      # its gradient's, in EPS of what arrives
    inner: bool = False                  # rounds inside, as a sum of products
    slope: Callable = None               # its gradient, from its rounded result
    mean: bool = False                   # subtracts a mean, and adds up squares
    view: bool = False                   # rounds nothing
    special: bool = True                 # agrees on nan, inf, -0 too


ROWS = {}


def row(name, fun, make, **more):
    ROWS[name] = Row(fun, make, **more)


def any_value(m):
    return [m.pick()], [], []


def not_nan(m):                          # whose gradient PyTorch drops; ours keeps it
    a = m.pick()
    return None if m.value[a].isnan().any() else ([a], [], [])


def positive(m):
    return [m.pick(lambda v: bool((v > 1e-3).all()), "positive")], [], []


def pair(m):
    a = m.pick()
    ab = [a, m.partner(a)]
    m.rng.shuffle(ab)
    return [int(x) for x in ab], [], []


def power(m):
    a = m.pick(lambda v: bool((v > 0.1).all() and (v < 5).all()), "positive")
    return [a, m.partner(a, lambda v: bool((v.abs() < 4).all()))], [], []


def choose(m):
    a, b, _ = pair(m)[0] + [0]
    return [m.partner(b), a, b], [], []


def bounds(m):
    low, high = np.float32(np.sort(m.rng.normal(size=2)))
    return [m.pick()], [], [float(low), math.inf if m.rng.random() < 0.2 else float(high)]


def spread(m):
    ins, ints, _ = over_dim(False)(m)
    n = 1 if m.rank(ins[0]) == 0 else math.prod(m.shape(ins[0])) if ints[0] == ALL \
        else m.shape(ins[0])[ints[0]]    # at n == correction PyTorch differs by case
    return ins, ints + [choice(m, 0, 1, 1) if n > 1 else 0], []


def alike(m):
    a = m.pick(lambda v: v.dim() < 6)
    rank = m.rank(a)
    ins = [a]
    for _ in range(int(m.rng.integers(0, 4))):
        same = [i for i in m.reals() if m.shape(i) == m.shape(a)]
        ins.append(int(m.rng.choice(same)) if m.rng.random() < 0.5 else m.leaf(m.shape(a)))
    return ins, [int(m.rng.integers(-rank - 1, rank + 1))], []


def quotient(m):
    a = m.pick()
    b = m.partner(a, lambda v: bool((v.abs() > 1e-2).all()), "away")
    return [a, b], [], []


def with_real(m):
    return [m.pick()], [], [float(np.float32(m.rng.choice(
        [0.0, 1.0, -1.0, 0.5, 2.0, m.rng.normal()])))]


def slope(m):                            # p times 0 is -0 if p < 0; ours is 0
    ins, ints, reals = with_real(m)
    return ins, ints, [abs(reals[0])] if m.special else reals


def with_dim(m):
    a = m.pick(lambda v: v.dim() > 0)
    return [a], [m.dim(a)], []


def over_dim(empty=True):
    def make(m):
        a = m.pick(lambda v: empty or v.numel() > 0)
        rank = m.rank(a)
        dim = ALL if rank == 0 or m.rng.random() < 0.25 else m.dim(a)
        keep = int(m.rng.integers(2)) if dim != ALL else 0
        return [a], [dim, keep], []
    return make


def two_dims(m):
    a = m.pick(lambda v: v.dim() > 1)
    return [a], [m.dim(a), m.dim(a)], []


def order_of_dims(m):
    a = m.pick(lambda v: v.dim() > 0)
    return [a], [int(d) for d in m.rng.permutation(m.rank(a))], []


def cut(m):
    a = m.pick(lambda v: v.dim() > 0)
    d = m.dim(a)
    n = m.shape(a)[d]
    start, stop = [int(m.rng.integers(-n - 1, n + 2)) for _ in range(2)]
    if m.rng.random() < 0.7:             # mostly something remains
        start, stop = int(m.rng.integers(0, n // 2 + 1)), n + 1
    return [a], [d, start, stop, int(m.rng.integers(1, 4))], []


def one_of(m):
    a = m.pick(lambda v: v.dim() > 0 and min(v.shape) > 0)
    d = m.dim(a)
    n = m.shape(a)[d]
    return [a], [d, int(m.rng.integers(-n, n))], []


def wider(m):
    a = m.pick(lambda v: v.dim() < 6 and v.numel() <= 40)
    shape = [-1 if m.rng.random() < 0.3 else n if n != 1 else int(m.rng.integers(1, 5))
             for n in m.shape(a)]
    while len(shape) < 6 and m.rng.random() < 0.4:
        shape.insert(0, int(m.rng.integers(1, 4)))
    return [a], shape, []


def of_size_one(m):
    a = m.pick(lambda v: v.dim() > 0)
    ones = [d for d, n in enumerate(m.shape(a)) if n == 1]
    return [a], [int(m.rng.choice(ones)) if ones else m.dim(a)], []


def one_more(m):
    a = m.pick(lambda v: v.dim() < 6)
    rank = m.rank(a)
    return [a], [int(m.rng.integers(-rank - 1, rank + 1))], []


def another_shape(m):
    a = m.pick()
    n = math.prod(m.shape(a))
    shape = []
    rest = n
    while rest > 1 and len(shape) < 5:
        shape.append(int(m.rng.choice([d for d in range(1, rest + 1) if rest % d == 0])))
        rest //= shape[-1]
    if n != 1 or m.rng.random() < 0.5:
        shape.append(rest)
    if shape and n and m.rng.random() < 0.4:
        shape[int(m.rng.integers(len(shape)))] = -1
    return [a], shape, []


def pieces(m):
    a = m.pick(lambda v: v.dim() > 0)
    d = m.dim(a)
    ins = [a]
    for _ in range(int(m.rng.integers(0, 4))):
        shape = list(m.shape(a))
        shape[d] = int(m.rng.integers(0, 4))
        same = [i for i in m.reals() if m.rank(i) == len(shape) and all(
            p == q for j, (p, q) in enumerate(zip(m.shape(i), shape)) if j != d % len(shape))]
        ins.append(int(m.rng.choice(same)) if same and m.rng.random() < 0.5
                   else m.leaf(shape))
    # PyTorch leaves out every [0], whatever the others are
    return None if any(m.shape(i) == (0,) for i in ins) else (ins, [d], [])


def product(m):
    a = m.pick(lambda v: v.dim() > 0)
    k = m.shape(a)[-1]
    batch = list(m.shape(a)[:-2])
    batch = [1 if m.rng.random() < 0.2 else n for n in batch]
    batch = batch[int(m.rng.integers(0, len(batch) + 1)):]
    if m.rng.random() < 0.2 or (m.rank(a) == 1 and batch == [] and m.rng.random() < 0.5):
        return [a, m.leaf([k])], [], []
    fits = [i for i in m.reals() if m.rank(i) == 2 and m.shape(i)[0] == k]
    if fits and m.rng.random() < 0.4:
        return [a, int(m.rng.choice(fits))], [], []
    b = m.leaf(batch + [k, int(m.rng.integers(1, 5))])
    return [a, b], [], []


def layer(m):
    a = m.pick(lambda v: v.dim() > 0 and v.shape[-1] > 0)
    out = int(m.rng.integers(1, 5))
    ins = [a, m.leaf([out, m.shape(a)[-1]])]
    return ins + ([m.leaf([out])] if m.rng.random() < 0.7 else []), [], []


def choice(m, *from_):
    return from_[int(m.rng.integers(len(from_)))]


def two_alike(m):
    a = m.pick()
    return [a, m.leaf(m.shape(a))], [choice(m, 0, 1, 2)], []


def shares(m):
    p = m.pick(lambda v: bool(((v > 0.01) & (v < 0.99)).all()), "share", plain=True)
    return [p, m.leaf(m.shape(p), "share", True)], [choice(m, 0, 1, 2)], []


def logits(m):
    z = m.pick()
    return [z, m.leaf(m.shape(z), "share", True)], [choice(m, 0, 1, 2)], []


def classes(m):
    a = m.pick(lambda v: v.dim() > 0 and min(v.shape) > 0)
    shape = list(m.shape(a))
    n = shape.pop(1 if len(shape) > 1 else 0)
    label = m.rng.integers(0, n, shape)
    ignore = choice(m, -100, -100, 0) if not m.special else -100
    if m.rng.random() < 0.3 and not m.special:   # PyTorch: 0 times what is ignored
        label = np.where(m.rng.random(shape) < 0.3, ignore, label)
    ins = [a, m.add(Node("ints", np.asarray(label, np.int32)))]
    if m.rng.random() < 0.3 and not m.special:   # weights, of each class
        weight = np.asarray(m.rng.integers(1, 9, n) / 4, np.float32)
        ins.append(m.add(Node("const", weight)))
    return ins, [choice(m, 0, 1, 2), ignore], []


def smoothed(m):
    ins, ints, _ = classes(m)
    if m.special:                        # PyTorch: 0 times an infinite gradient
        return ins, ints, [0.0]
    return ins, ints, [choice(m, 0.0, 0.0, 0.125, 1.0)]


def whole_numbers(m):
    at = [i for i in range(len(m.nodes)) if m.value[i].dtype == torch.int32]
    return ([int(m.rng.choice(at))], [], []) if at else None


def dims(i):
    return {} if i[0] == ALL else {"dim": i[0], "keepdim": bool(i[1])}


def all_dims(x, i):
    return {"dim": list(range(x.dim())), "keepdim": bool(i[1])} if i[0] == ALL else dims(i)


def sliced(x, i):
    d = i[0] % x.dim()
    return x[(slice(None),) * d + (slice(*i[1:4]),)]


REDUCTION = ["mean", "sum", "none"]


def labels_loss(f):
    return lambda t, i, r: f(t[0], t[1].long(), *t[2:], reduction=REDUCTION[i[0]],
                             ignore_index=i[1], **({"label_smoothing": r[0]} if r else {}))


VIEW = {"view": True}
row("transpose", lambda t, i, r: t[0].transpose(i[0], i[1]), two_dims, **VIEW)
row("permute", lambda t, i, r: t[0].permute(i), order_of_dims, **VIEW)
row("slice", lambda t, i, r: sliced(t[0], i), cut, **VIEW)
row("select", lambda t, i, r: t[0].select(i[0], i[1]), one_of, **VIEW)
row("expand", lambda t, i, r: t[0].expand(i), wider, **VIEW)
row("squeeze", lambda t, i, r: t[0].squeeze(i[0]), of_size_one, **VIEW)
row("unsqueeze", lambda t, i, r: t[0].unsqueeze(i[0]), one_more, **VIEW)
row("reshape", lambda t, i, r: t[0].reshape(i), another_shape, **VIEW)
row("contiguous", lambda t, i, r: t[0].contiguous(), any_value, **VIEW)
row("clone", lambda t, i, r: t[0].clone(), any_value, **VIEW)
row("detach", lambda t, i, r: t[0].detach(), any_value, **VIEW)
row("cat", lambda t, i, r: torch.cat(t, i[0]), pieces, **VIEW)
row("stack", lambda t, i, r: torch.stack(t, i[0]), alike, **VIEW)
row("to_f32", lambda t, i, r: t[0].to(torch.get_default_dtype()), whole_numbers, **VIEW)

row("add", lambda t, i, r: t[0] + t[1], pair)
row("sub", lambda t, i, r: t[0] - t[1], pair)
row("mul", lambda t, i, r: t[0] * t[1], pair)
row("div", lambda t, i, r: t[0] / t[1], quotient)
row("pow", lambda t, i, r: t[0] ** t[1], power, ulps=4, inner=True,
    special=False)                       # 0 to the power 0: ours is 0 for a NaN, too
row("maximum", lambda t, i, r: torch.maximum(t[0], t[1]), pair)
row("minimum", lambda t, i, r: torch.minimum(t[0], t[1]), pair)
row("eq", lambda t, i, r: (t[0] == t[1]).to(t[0].dtype), pair)
row("ne", lambda t, i, r: (t[0] != t[1]).to(t[0].dtype), pair)
row("lt", lambda t, i, r: (t[0] < t[1]).to(t[0].dtype), pair)
row("le", lambda t, i, r: (t[0] <= t[1]).to(t[0].dtype), pair)
row("gt", lambda t, i, r: (t[0] > t[1]).to(t[0].dtype), pair)
row("ge", lambda t, i, r: (t[0] >= t[1]).to(t[0].dtype), pair)
row("where", lambda t, i, r: torch.where(t[0] != 0, t[1], t[2]), choose)
row("neg", lambda t, i, r: -t[0], any_value)
row("abs", lambda t, i, r: t[0].abs(), not_nan)
row("exp", lambda t, i, r: t[0].exp(), any_value, ulps=4)
row("log", lambda t, i, r: t[0].log(), positive, ulps=2)
row("sqrt", lambda t, i, r: t[0].sqrt(), positive)
row("sin", lambda t, i, r: t[0].sin(), any_value, ulps=4, inner=True)
row("cos", lambda t, i, r: t[0].cos(), any_value, ulps=4, inner=True)
row("logical_not", lambda t, i, r: t[0].logical_not().to(t[0].dtype), any_value)
row("clamp", lambda t, i, r: t[0].clamp(r[0], r[1]), bounds)
row("add_scalar", lambda t, i, r: t[0] + r[0], with_real)
row("mul_scalar", lambda t, i, r: t[0] * r[0], with_real)
row("matmul", lambda t, i, r: t[0] @ t[1], product, inner=True)
row("sum", lambda t, i, r: torch.sum(t[0], **dims(i)), over_dim(), inner=True)
row("mean", lambda t, i, r: torch.mean(t[0], **dims(i)), over_dim(), inner=True)
row("max", lambda t, i, r: torch.max(t[0]) if i[0] == ALL else
    torch.max(t[0], **dims(i)).values, over_dim(False))
row("min", lambda t, i, r: torch.min(t[0]) if i[0] == ALL else
    torch.min(t[0], **dims(i)).values, over_dim(False))


def variance(t, i):                      # in two passes, as defined: torch.var
    d = all_dims(t[0], i)["dim"]         # corrects a running mean, which loses digits
    n = t[0].numel() if i[0] == ALL else t[0].shape[d]
    squares = (t[0] - t[0].mean(d, keepdim=True)) ** 2
    return squares.sum(d, keepdim=bool(i[1])) / (n - i[2])


def root(v):                             # whose gradient at 0 is 0, as torch.std's
    return torch.where(v != 0, v, torch.ones_like(v)).sqrt() * (v != 0)


row("var", lambda t, i, r: variance(t, i), spread, inner=True, mean=True,
    special=False)                       # composed, so inf - inf is elsewhere
row("std", lambda t, i, r: root(variance(t, i)), spread, inner=True, mean=True,
    special=False)
row("cumsum", lambda t, i, r: t[0].cumsum(i[0]), with_dim, inner=True)
row("argmax", lambda t, i, r: torch.argmax(t[0], **dims(i)).int(), over_dim(False))

row("relu", lambda t, i, r: F.relu(t[0]), any_value)
row("leaky_relu", lambda t, i, r: F.leaky_relu(t[0], r[0]), slope)
row("sigmoid", lambda t, i, r: t[0].sigmoid(), any_value, ulps=4, inner=True,
    slope=lambda y: y * (1 - y))
row("tanh", lambda t, i, r: t[0].tanh(), any_value, ulps=4, inner=True,
    slope=lambda y: 1 - y * y)
row("gelu", lambda t, i, r: F.gelu(t[0]), any_value, ulps=4, inner=True, special=False,
    off=3e-7 / SLACK)                    # as chapter 2 says


def gelu_tanh(x):                        # its 1 + tanh z cancels, on the way
    two_z = 2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)   # back more
    exact = x * two_z.sigmoid()
    return F.gelu(x, approximate="tanh").detach() + (exact - exact.detach())


row("gelu_tanh", lambda t, i, r: gelu_tanh(t[0]), any_value,
    ulps=4, inner=True, special=False, off=EPS)
row("silu", lambda t, i, r: F.silu(t[0]), any_value, ulps=4, inner=True, special=False)
row("softmax", lambda t, i, r: t[0].softmax(i[0]), with_dim, ulps=4, inner=True,
    back=0.5)                            # g minus a mean of g
row("log_softmax", lambda t, i, r: t[0].log_softmax(i[0]), with_dim, ulps=4, inner=True,
    off=EPS / 2)                         # x minus a logarithm of 1 and more

row("linear", lambda t, i, r: F.linear(*t), layer, inner=True)
row("mse_loss", lambda t, i, r: F.mse_loss(*t, reduction=REDUCTION[i[0]]), two_alike,
    inner=True)
def share_of(p):                         # noise must not carry it out of [0, 1]
    return p + (p.clamp(0, 1) - p).detach()


row("bce_loss", lambda t, i, r: F.binary_cross_entropy(
    share_of(t[0]), share_of(t[1]), reduction=REDUCTION[i[0]]),
    shares, ulps=4, inner=True)
row("bce_with_logits", lambda t, i, r: F.binary_cross_entropy_with_logits(
    *t, reduction=REDUCTION[i[0]]), logits, ulps=4, inner=True)
row("nll_loss", labels_loss(F.nll_loss), classes, inner=True)
row("cross_entropy", labels_loss(F.cross_entropy), smoothed, ulps=4, inner=True,
    off=EPS / 2)                         # back: a difference of shares


# ---- random graphs ------------------------------------------------------------
class Maker:
    """Makes a graph, computing it on the way, so that it stays sensible."""

    def __init__(self, seed, known, small=False):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.value, self.small = [], [], small
        self.special = self.rng.random() < 0.2 and not small
        self.kinds = [k for k in ROWS if k in known and
                      (ROWS[k].special or not self.special)]

    def add(self, node):
        with torch.no_grad():
            v = value_of(node, self.value, torch.float64)
        self.nodes.append(node)
        self.value.append(v)
        return len(self.nodes) - 1

    def shape(self, i):
        return tuple(self.value[i].shape)

    def rank(self, i):
        return self.value[i].dim()

    def dim(self, i):
        return int(self.rng.integers(-self.rank(i), self.rank(i)))

    def reals(self):
        return [i for i, v in enumerate(self.value) if v.dtype != torch.int32]

    def random_shape(self):
        rank = int(self.rng.choice([0, 1, 2, 3, 4, 5, 6],
                                   p=[.06, .2, .3, .22, .12, .06, .04]))
        most = 4 if self.small or rank > 3 else 6
        shape = [int(self.rng.integers(1, most)) for _ in range(rank)]
        if rank and not self.small and self.rng.random() < 0.06:
            shape[int(self.rng.integers(rank))] = int(self.rng.choice([0, 17, 33, 70]))
        return shape

    def leaf(self, shape, domain="any", plain=False):
        n = math.prod(shape)
        how = self.rng.random()
        v = self.rng.normal(size=n)
        if how < 0.35 or self.small:     # ties, and exact arithmetic
            v = self.rng.integers(-6, 7, n) / 4
        if self.special and not plain:
            v = np.where(self.rng.random(n) < 0.3, self.rng.choice(SPECIAL, n), v)
        elif domain == "positive":
            v = np.abs(v) + 0.25
        elif domain == "away":
            v = v + np.copysign(0.5, v)
        elif domain == "share":
            v = np.clip(np.abs(v) / 2, 0.0625, 0.9375)
        kind = "leaf" if self.rng.random() < 0.8 else "const"
        return self.add(Node(kind, v.astype(np.float32).reshape(shape)))

    def pick(self, fits=lambda v: True, domain="any", plain=False):
        """A value; a recent one more often."""
        fit = fits if plain or not self.special else lambda v: fits(v) or domain != "any"
        all_ = [i for i in self.reals() if fit(self.value[i])]
        if all_ and self.rng.random() < 0.9:
            return all_[-1 - int(len(all_) * self.rng.random() ** 2)]
        for _ in range(20):
            shape = self.random_shape()
            if fits(torch.ones(shape)) or domain != "any":
                return self.leaf(shape, domain, plain)
        return self.leaf([2, 3], domain, plain)

    def partner(self, a, fits=lambda v: True, domain="any"):
        """A value that broadcasts with a."""
        if self.rng.random() < 0.05 and fits(self.value[a]):
            return a
        shape = self.shape(a)
        all_ = [i for i in self.reals() if fits(self.value[i]) and
                broadcasts(self.shape(i), shape)]
        if all_ and self.rng.random() < 0.5:
            return int(self.rng.choice(all_))
        shape = [1 if self.rng.random() < 0.2 else n for n in shape]
        return self.leaf(shape[int(self.rng.integers(0, len(shape) + 1))
                               if self.rng.random() < 0.4 else 0:], domain)

    def step(self):
        """One more operation, if the one that was drawn makes sense."""
        kind = self.kinds[int(self.rng.integers(len(self.kinds)))]
        before = len(self.nodes)
        call = ROWS[kind].make(self)
        if call is not None:
            try:
                at = self.add(Node(kind, None, *call))
            except (RuntimeError, IndexError, ValueError):
                at = None                # PyTorch refuses it
            if at is not None and self.sensible(self.value[at]):
                return
        del self.nodes[before:], self.value[before:]

    def sensible(self, v):
        if v.numel() > (24 if self.small else 600) or v.dim() > 6:
            return False
        return self.special or v.dtype == torch.int32 or \
            bool((v.abs() < 1e4).all())  # false for nan

    def graph(self):
        """(nodes, backward)"""
        steps = int(self.rng.integers(1, 7 if self.small else 16))
        self.leaf(self.random_shape())
        while steps > 0 or not any(n.kind in ROWS for n in self.nodes):
            self.step()
            steps -= 1
        return self.nodes, self.root()

    def root(self):
        """A random weighted sum of all results, to go back from."""
        used = {i for n in self.nodes for i in n.ins}
        live = needs_grad(self.nodes)
        ends = [i for i in range(len(self.nodes)) if i not in used and live[i]]
        if not ends:
            return ()
        weight = [self.rng.integers(-8, 9, self.shape(i)) / 8 for i in ends]
        weight = [Node("const", np.asarray(w, np.float32)) for w in weight]
        if len(ends) == 1 and self.rng.random() < 0.4:
            return ends[0], self.add(weight[0])
        total = None
        for i, w in zip(ends, weight):
            term = self.add(Node("mul", None, [i, self.add(w)]))
            term = self.add(Node("sum", None, [term], [ALL, 0]))
            total = term if total is None else self.add(Node("add", None, [total, term]))
        return (total,)


def broadcasts(a, b):
    """To the shape of either, or of rank at most 6."""
    return all(p == q or 1 in (p, q) for p, q in zip(a[::-1], b[::-1]))


FLAT = "detach eq ne lt le gt ge logical_not argmax to_f32".split()   # no gradient


def needs_grad(nodes):
    live = []
    for n in nodes:
        live.append(n.kind == "leaf" or n.kind not in FLAT and
                    any(live[i] for i in n.ins[n.kind == "where":]))
    return live


# ---- what PyTorch says -----------------------------------------------------
class Noise(torch.autograd.Function):
    """Off by a random part of a rounding error, both ways, wherever float
    would round (every: everywhere, back: on the way back)."""
    @staticmethod
    def forward(ctx, x, size, every, back):
        ctx.size, ctx.back = size, back
        return noisy(x, size, every)

    @staticmethod
    def backward(ctx, g):
        return noisy(g, ctx.size, ctx.back), None, None, None


class Also(torch.autograd.Function):
    """y; and slope times what arrives, viewed as to, goes on to x, too."""
    @staticmethod
    def forward(ctx, x, y, slope, to):
        ctx.slope, ctx.to = slope, to
        return y.clone()

    @staticmethod
    def backward(ctx, g):
        return (g.sum() if ctx.to is None else g.reshape(ctx.to)) * ctx.slope, g, None, None


DICE = 2 * torch.rand(1 << 17, dtype=torch.float64,
                      generator=torch.Generator().manual_seed(9)) - 1
throw = {"rng": None, "near": None, "double": False}


def noisy(x, size, every):
    n = x.numel()
    at = int(throw["rng"].integers(len(DICE) - n))
    off = x * (1 + size * DICE[at:at + n]).view(x.shape)
    return off if every else torch.where(x == x.float().double(), x, off)


def within(shape, size):
    return torch.from_numpy(np.asarray(throw["rng"].uniform(-size, size, shape)))


def value_of(node, values, dtype, noise=0, shared=()):
    if node.kind == "ints":
        return torch.from_numpy(node.data)
    if node.data is not None:
        x = torch.from_numpy(node.data).to(dtype)
        return x.requires_grad_(True) if node.kind == "leaf" else x
    r = ROWS[node.kind]
    ins = [values[i] for i in node.ins]
    if noise:                            # each gradient on its way, too
        if r.make in (pair, quotient, power, choose):
            ins = torch.broadcast_tensors(*ins)
        adds = [i in shared for i in node.ins]     # and there with others
        ins = [x if x.dtype == torch.int32 or r.view and not add else
               Noise.apply(x, noise, r.inner, r.inner or add) for x, add in zip(ins, adds)]
    if throw["near"] and node.kind in ("maximum", "minimum"):
        ins[1] = tied(*ins, *(throw["near"]["value", i] for i in node.ins))
    torch.set_default_dtype(dtype)
    y = r.torch(ins, node.ints, node.reals)
    if noise and not r.view and y.dtype != torch.int32:
        if r.off:
            y = y + within(y.shape, r.off * noise / EPS)
        x = ins[0]
        if r.off or r.back:              # of each element of the gradient
            y = Also.apply(x, y, within(x.shape, (r.off / EPS or r.back) * noise),
                           x.shape if y.shape == x.shape else None)
        if r.mean:                       # added up in double without a tree, in four
            many = x.numel() / y.numel() / 64      # runs, off by n / 8: float has no such digits
            y = Noise.apply(y, noise * (many if throw["double"] else min(many, 1)), True, False)
            y = Also.apply(x, y, *shift(x, y.detach(), node, noise))
        if r.slope:
            y = noisy(y.detach(), noise * r.ulps, True)
            y = Also.apply(x, y, r.slope(y), x.shape)
        else:
            y = Noise.apply(y, noise * r.ulps, r.ulps > 1, r.ulps > 1)
    return y


def tied(a, b, *off):
    """b; some of what is as near to a as both may be off is a."""
    ties = (a - b).abs() <= sum(torch.as_tensor(x) for x in off)
    ties &= torch.as_tensor(throw["rng"].random(tuple(ties.shape)) < 0.5)
    return torch.where(ties, b - b.detach() + a.detach(), b)


def shift(x, y, node, noise):
    """What var and std lose on the way back by a mean that is rounded."""
    to = [1 if node.ints[0] in (ALL, d, d - x.dim()) else n for d, n in enumerate(x.shape)]
    off = x.detach().abs().max() * within((), noise) * 2 * y.numel() / x.numel()
    if node.kind == "std":               # whose gradient at 0 is 0
        y = y.reshape(to)
        off = torch.where(y != 0, off / (2 * y), 0 * y)
    return off * torch.ones_like(x), to


def said_by_torch(nodes, backward, dtype=torch.float64, noise=0):
    values, used = [], [i for n in nodes for i in n.ins] if noise else []
    shared = {i for i in used if used.count(i) > 1}
    for n in nodes:
        values.append(value_of(n, values, dtype, noise, shared))
    if backward:
        values[backward[0]].backward(*[values[i] for i in backward[1:]])
    grads = {i: values[i].grad for i, n in enumerate(nodes) if n.kind == "leaf"}
    return ([v.detach().numpy().astype(np.float64) for v in values],
            {i: None if g is None else g.numpy().astype(np.float64)
             for i, g in grads.items()})


# ---- comparing -----------------------------------------------------------------
def all_of(values, grads):
    return {**{("value", i): v for i, v in enumerate(values)},
            **{("gradient", i): g for i, g in grads.items()}}


def agree(got, want, bound):
    """Element by element: nan with nan, an infinity with its like."""
    with np.errstate(invalid="ignore", over="ignore"):
        return (got == want) | (np.isnan(got) & np.isnan(want)) | \
            (np.abs(got - want) <= bound)


def all_fit(got, wants, bound):
    return bool(np.any([agree(got, w, bound) for w in wants], axis=0).all())


class Yardstick:
    """How far rounding moves each number of a graph."""

    def __init__(self, nodes, backward, size=EPS, spread=None):
        self.graph, self.size = (nodes, backward), size
        self.clean = all_of(*said_by_torch(nodes, backward))
        self.begin(False)

    def begin(self, double):
        """What is measured from now on is for double, or for float."""
        self.runs, self.double = 0, double
        self.change = {k: None if v is None else np.zeros_like(v)
                       for k, v in self.clean.items()}

    def measure(self, runs):
        throw["double"] = self.double
        while self.runs < runs:
            throw["rng"] = np.random.default_rng(self.runs)
            for k, v in all_of(*said_by_torch(*self.graph, noise=self.size)).items():
                if v is not None:
                    with np.errstate(invalid="ignore", over="ignore"):
                        d = np.abs(v - self.clean[k])
                    other = np.isnan(v) != np.isnan(self.clean[k])
                    d = np.where(other, np.inf, np.where(np.isnan(d), 0, d))
                    self.change[k] = np.maximum(self.change[k], d)
            self.runs += 1
        return self

    def bound(self, k, finer=1.0):
        with np.errstate(invalid="ignore", over="ignore"):
            b = SLACK * finer * self.change[k] + \
                SLACK * EPS * finer * np.abs(self.clean[k])
        return np.where(np.isfinite(b), b, 0) + (TINY if finer == 1 else 2e-323)


def differing(k, got, want, bound):
    if want is None or got is None:
        return None if want is got else "one has none"
    if got.shape != want.shape:
        return "shape %s, PyTorch %s" % (got.shape, want.shape)
    ok = agree(got, want, bound)
    if not ok.all():
        at = np.unravel_index(np.argmin(ok), ok.shape)
        return "%s: %r, PyTorch %r" % (list(map(int, at)), float(got[at]), float(want[at]))
    return None


def fault(clean, answer, double):
    """(kind, number, words) of the first deviation, or None."""
    if answer.failed:
        return "refusal", answer.count, answer.message
    if answer.left:
        return "leak", 0, "%d tensors are left over" % answer.left
    got = all_of(answer.values, answer.grads)
    nodes, backward = clean.graph
    finer = FINER if double else 1.0
    if clean.double != double and any(n.kind in ROWS and ROWS[n.kind].mean for n in nodes):
        clean.begin(double)
    second = None
    for k, want in clean.clean.items():
        if not differing(k, got[k], want, 0 if want is None else clean.bound(k, finer)):
            continue
        words = None
        for runs in (2, 6, 24):
            clean.measure(runs)
            words = differing(k, got[k], want, 0 if want is None else clean.bound(k, finer))
            if not words:
                break
        if not words:
            continue
        if not double and want is not None:          # what float cannot hold
            second = second or all_of(*said_by_torch(nodes, backward, torch.float32))
            if got[k].shape == want.shape and all_fit(
                    got[k], [want, want.astype(np.float32), second[k]], clean.bound(k)):
                continue
        if unstable(nodes, backward, k, got[k], double):
            return "unstable", k[1], words
        return k[0], k[1], words
    return None


def unstable(nodes, backward, k, got, double):
    """A tie, or a step, that the last bit decides."""
    y = Yardstick(nodes, backward, 2.0 ** -51 if double else 4 * EPS)
    y.begin(double)
    y.measure(24)
    throw["near"] = y.change
    y.measure(36)
    throw["near"] = None
    want = y.clean[k]
    return want is not None and got is not None and got.shape == want.shape and \
        bool((agree(got, want, 2 * y.change[k]) | np.isinf(y.change[k])).all())


# ---- shrinking --------------------------------------------------------------------
def pruned(nodes, backward):
    """Without what the end does not need."""
    need = set(backward) or {len(nodes) - 1}
    for i in range(len(nodes) - 1, -1, -1):
        if i in need:
            need.update(nodes[i].ins)
    new = {old: at for at, old in enumerate(sorted(need))}
    return ([Node(n.kind, n.data, [new[i] for i in n.ins], n.ints, n.reals)
             for j, n in enumerate(nodes) if j in need], tuple(new[i] for i in backward))


def simpler(nodes, backward):
    """Graphs that are a little smaller."""
    values, _ = said_by_torch(nodes, ())
    if backward:
        yield nodes, ()
    for i in range(len(nodes)):          # ends earlier
        if not backward:
            yield nodes[:i + 1], ()
        elif needs_grad(nodes)[i] and i not in backward and nodes[i].kind in ROWS:
            yield nodes + [Node("const", np.ones_like(values[i], np.float32))], (i, len(nodes))
    for i, n in enumerate(nodes):
        if n.kind in ROWS:
            for j in n.ins:              # an operation left out
                if values[j].shape == values[i].shape:
                    yield [Node(m.kind, m.data, [j if x == i else x for x in m.ins],
                                m.ints, m.reals) for m in nodes], \
                        tuple(j if x == i else x for x in backward)
            if values[i].dtype == np.float64:
                for kind in ("const", "leaf"):
                    yield nodes[:i] + [Node(kind, values[i].astype(np.float32))] + \
                        nodes[i + 1:], backward
        elif n.kind == "leaf":
            yield nodes[:i] + [Node("const", n.data)] + nodes[i + 1:], backward
        if n.data is not None and n.kind != "ints" and n.data.size:
            for v in (np.float32(1), np.round(n.data * 2) / 2, np.round(n.data * 64) / 64):
                with np.errstate(invalid="ignore"):
                    new = np.where(np.isfinite(n.data), v, n.data).astype(np.float32)
                if not np.array_equal(new, n.data, equal_nan=True):
                    yield nodes[:i] + [Node(n.kind, new)] + nodes[i + 1:], backward


def narrower(nodes, backward):
    """Every size n of a shape as 1, or 2: what then fails is left out."""
    sizes = sorted({n for x in nodes if x.data is not None for n in x.data.shape}, reverse=True)
    for n in sizes:
        for less in (1, 2):
            if less < n:
                def cut_(x):
                    if x.data is not None:
                        where = tuple(slice(less) if s == n else slice(None)
                                      for s in x.data.shape)
                        return Node(x.kind, np.ascontiguousarray(x.data[where]).reshape(
                            [less if s == n else s for s in x.data.shape]))
                    shape = x.kind in ("reshape", "expand")
                    return Node(x.kind, None, x.ins, [less if shape and i == n else i
                                                      for i in x.ints], x.reals)
                yield [cut_(x) for x in nodes], backward


def complexity(nodes, backward):
    return (len(nodes), len(backward), sum(n.kind == "leaf" for n in nodes),
            sum(len(n.text()) for n in nodes))


def shrink(nodes, backward, program, double, kind):
    smaller = True
    while smaller:
        smaller = False
        for graph in (*narrower(nodes, backward), *simpler(nodes, backward)):
            graph = pruned(*graph)
            if complexity(*graph) >= complexity(nodes, backward):
                continue
            try:
                said_by_torch(*graph)
                found = judge_one(graph, program, double)
            except (RuntimeError, IndexError, ValueError, KeyError):
                continue
            if found and found[0] == kind:
                nodes, backward = graph
                smaller = True
                break
    return nodes, backward


def judge_one(graph, program, double):
    return judge(program, [("x", *graph)], [Yardstick(*graph)], double)[0]


def judge(program, graphs, yards, double):
    try:
        answers = library.run(program, graphs)
    except library.Crash as e:
        if len(graphs) == 1:
            return [("crash", 0, str(e))]
        half = len(graphs) // 2
        return judge(program, graphs[:half], yards[:half], double) + \
            judge(program, graphs[half:], yards[half:], double)
    return [fault(y, a, double) for y, a in zip(yards, answers)]


def as_c(nodes, backward, code):
    """The graph as a program for a reader."""
    lines = ["#include <tt/tt.h>", "int main(void) {", "  tt_autograd_enable();"]

    def number(v):
        v = float(v)
        return "NAN" if v != v else "-INFINITY" if v == -math.inf else \
            "INFINITY" if v == math.inf else "%.9g" % v if v or math.copysign(1, v) > 0 \
            else "-0.0f"

    def shape(s):
        return "TT_SHAPE(%s)" % ", ".join(map(str, s)) if len(s) else "TT_SCALAR"
    for j, n in enumerate(nodes):
        if n.data is not None:
            ints = n.kind == "ints"
            make = "tt_from%s(%s, (%s[]){%s})" % (
                "_int" if ints else "", shape(n.data.shape), "int32_t" if ints else "Real",
                ", ".join(str(v) if ints else number(v) for v in n.data.ravel().tolist()) or "0")
            if n.kind == "leaf":
                make = "tt_requires_grad_(%s, true)" % make
        else:
            what = {"s": shape(n.ints), "n": str(len(n.ins)),
                    "in": "(Tensor *[]){%s}" % ", ".join("v%d" % i for i in n.ins)}
            what.update(zip("abc", ["v%d" % i for i in n.ins] + ["NULL"] * 3))
            make = re.sub(r"\bi\[(\d)\]", lambda m_: "TT_ALL" if n.ints[int(m_[1])] == ALL
                          else str(n.ints[int(m_[1])]), code[n.kind])
            make = re.sub(r"\br\[(\d)\]", lambda m_: number(n.reals[int(m_[1])]), make)
            make = re.sub(r"\b(in|a|b|c|s|n)\b", lambda m_: what[m_[1]], make)
        lines.append("  Tensor *v%d = %s;" % (j, make))
    if len(backward) == 2:
        lines.append("  tt_backward_with(v%d, v%d);" % backward)
    elif backward:
        lines.append("  tt_backward(v%d);" % backward)
    else:
        lines.append("  tt_print(v%d);" % (len(nodes) - 1))
    lines += ["  tt_print(v%d->grad);" % j for j, n in enumerate(nodes)
              if n.kind == "leaf" and backward]
    return "\n".join(lines + ["}"])


def report(seed, found, nodes, backward, program, double, seen):
    """Prints a deviation; as C, if it is the first of its kind."""
    kind, at, words = found
    if len(seen) < MANY:
        nodes, backward = shrink(*pruned(nodes, backward) if backward else
                                 (nodes, backward), program, double, kind)
        kind, at, words = judge_one((nodes, backward), program, double) or found
    sort = (kind, double, *sorted({n.kind for n in nodes if n.kind in ROWS}))
    print("DEVIATION graph %d, %s: %s of v%d, %s" % (
        seed, "double" if double else "float", kind, at, words))
    if sort not in seen and len(seen) < MANY:
        print(as_c(nodes, backward, library.rows(program)))
    elif sort in seen:
        print("  as before: " + " ".join(map(str, sort[2:])))
    seen.add(sort)
    sys.stdout.flush()


# ---- commands ------------------------------------------------------------------------
BATCH = 100
MANY = 40                                # sorts of deviations that are shrunk


def batch(task):
    seed, count, programs, known = task
    torch.set_num_threads(1)
    np.seterr(all="ignore")
    graphs, yards, out, beyond = [], [], [], 0
    for s in range(seed, seed + count):
        graph = Maker(s, known).graph()
        try:
            yards.append(Yardstick(*graph))
            graphs.append((s, *graph))
        except RuntimeError:             # in PyTorch's own way back
            beyond += 1
    for double, program in ((True, programs[1]), (False, programs[0])):
        for graph, found in zip(graphs, judge(program, graphs, yards, double)):
            if found:
                out.append((graph, found, double))
    kinds = [n.kind for g in graphs for n in g[1] if n.data is None]
    return out, {k: kinds.count(k) for k in set(kinds)}, beyond


def fuzz(programs, count, seed):
    known = library.rows(programs[0])
    tasks = [(seed + i, min(BATCH, count - i), programs, known) for i in range(0, count, BATCH)]
    failed, unsteady, beyond, seen, total = set(), 0, 0, set(), {}
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for done, (out, kinds, lost) in enumerate(pool.imap(batch, tasks)):
            beyond += lost
            for k, n in kinds.items():
                total[k] = total.get(k, 0) + n
            for (s, nodes, backward), found, double in out:
                if found[0] == "unstable":
                    unsteady += 1
                    continue
                failed.add(s)
                report(s, found, nodes, backward, programs[double], double, seen)
            if sys.stderr.isatty():
                print("\r%d graphs" % min(count, (done + 1) * BATCH), end="", file=sys.stderr)
    print("operations: " + ", ".join("%s %d" % p for p in sorted(total.items())))
    missing = sorted(set(known) & set(ROWS) - set(total)) if count >= 1000 else []
    if missing:
        print("never drawn: " + " ".join(missing))
    print("%d graphs from seed %d; %d with a tie that the last bit decides, %d that "
          "PyTorch refuses" % (count, seed, unsteady, beyond))
    print("%d passed, %d failed" % (count - beyond - len(failed), len(failed)))
    return bool(failed or missing)


def show(programs, seed):
    nodes, backward = Maker(seed, library.rows(programs[0])).graph()
    print(library.graph_text(str(seed), nodes, backward))
    for double in (True, False):
        found = judge_one((nodes, backward), programs[double], double)
        if found:
            report(seed, found, nodes, backward, programs[double], double, set())


def corpus(programs, count, seed):
    """Small graphs and PyTorch's answers, for tests/test_parity.c."""
    known = library.rows(programs[0])
    print("# PyTorch %s, by parity.py corpus; the format is program.h's, then for each\n"
          "# answer: value or gradient, its number, how far float may be off, numbers"
          % torch.__version__)
    while count > 0:
        graph = Maker(seed, known, small=True).graph()
        yard = Yardstick(*graph)
        if graph[1] and not any(judge(p, [("x", *graph)], [yard], d)[0]
                                for d, p in enumerate(programs)):
            yard.begin(False)
            yard.measure(24)
            print(library.graph_text(str(seed), *graph), end="")
            for k, v in yard.clean.items():
                if v is not None and k in [("value", graph[1][0])] + list(
                        ("gradient", i) for i in range(len(graph[0]))):
                    print(k[0], k[1], "%.1e" % max(yard.bound(k).max(initial=0), 1e-12),
                          ",".join("%.13g" % x for x in v.ravel()) or "-")
            print("done")
            count -= 1
        seed += 1


def main():
    command, *rest = sys.argv[1:]
    programs, numbers = rest[:2], [int(n) for n in rest[2:]]
    np.seterr(all="ignore")
    torch.set_num_threads(1)
    if command == "fuzz":
        return fuzz(programs, *(numbers + [20000, 1][len(numbers):]))
    return {"show": show, "corpus": corpus}[command](programs, *numbers)


if __name__ == "__main__":
    sys.exit(main())
