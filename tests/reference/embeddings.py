#!/usr/bin/python3
"""Writes embeddings.txt: PyTorch's lookups and what it makes of other
implementations' rotary positions, values and gradients, for
tests/test_embedding_values.c.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/embeddings.py

    KIND NAME OPTIONS           lists and numbers
    i SHAPE LIST                integers: ids or positions
    x SHAPE BITS                what is learned
    y SHAPE BITS
    g SHAPE BITS                the gradient of y, then what it becomes
    dx SHAPE BITS

Floats are the eight hexadecimal digits of their bits. A rotation is
written here in the three forms in which public models have it: by halves
with a rotated half, by pairs as complex numbers, and as matrices.
"""
import torch
import torch.nn.functional as F
from form import bits, ints, write

torch.manual_seed(11)
out = []


def case(kind, name, options, f, index, x):
    """One case: y = f(index, x), and the gradient of x."""
    out.append("%s %s %s" % (kind, name.replace(" ", "_"), options))
    x = x.requires_grad_(True)
    y = f(index, x)
    g = torch.randn(y.shape)
    y.backward(g)
    out.append("i %s %s" % (ints(index.shape), ints(index.ravel())))
    for key, t in ("x", x), ("y", y), ("g", g), ("dx", x.grad):
        out.append("%s %s %s" % (key, ints(t.shape), bits(t)))


def embedding(name, ids, rows, width, pad=None):
    case("embedding", name, "%d %d" % (pad is not None, pad or 0),
         lambda i, w: F.embedding(i, w, padding_idx=pad),
         ids, torch.randn(rows, width))


embedding("plain", torch.tensor([2, 0, 1]), 3, 4)
embedding("one id", torch.tensor(1), 3, 4)
embedding("batch", torch.randint(0, 7, (2, 5)), 7, 3)
embedding("three dimensions", torch.randint(0, 5, (2, 3, 2)), 5, 3)
embedding("many of one", torch.full((40,), 2), 4, 3)
embedding("one column", torch.randint(0, 9, (20,)), 9, 1)
embedding("wide", torch.randint(0, 4, (6,)), 4, 65)
embedding("none", torch.zeros(0, dtype=torch.long), 3, 4)
embedding("no row of a batch", torch.zeros(2, 0, dtype=torch.long), 3, 4)
embedding("padding", torch.tensor([[0, 2, 1], [0, 0, 2]]), 3, 4, 0)
embedding("padding in the middle", torch.randint(0, 5, (30,)), 5, 3, 2)
embedding("padding from the end", torch.randint(0, 5, (30,)), 5, 3, -1)
embedding("nothing but padding", torch.full((3,), 1), 2, 3, 1)


def select(name, index, x, dim):
    case("select", name, str(dim), lambda i, x: x.index_select(dim, i),
         torch.tensor(index, dtype=torch.long), torch.randn(x))


select("rows", [2, 0, 2], (3, 4), 0)
select("columns", [1, 1, 3, 0], (3, 4), 1)
select("middle", [4, 0, 4, 2], (2, 5, 3), 1)
select("last of four", [0, 6, 6], (2, 3, 2, 7), -1)
select("first of four", [1, 1, 0], (2, 3, 2, 3), 0)
select("nothing", [], (3, 4), 1)
select("vector", [2, 2, 1], (5,), 0)


def angles(p, D, base):
    w = base ** (-torch.arange(0, D, 2, dtype=torch.float64) / D)
    return p.to(torch.float64)[..., None] * w


def halves(p, x, base):                # GPT-NeoX, Llama in transformers
    a = torch.cat([angles(p, x.shape[-1], base)] * 2, -1)
    h = x.shape[-1] // 2
    turned = torch.cat([-x[..., h:], x[..., :h]], -1)
    while a.dim() < x.dim() and a.dim() > 2:
        a = a.unsqueeze(1)
    return x * a.cos().float() + turned * a.sin().float()


def pairs(p, x, base):                 # the paper, Llama as published
    a = angles(p, x.shape[-1], base)
    while a.dim() < x.dim() and a.dim() > 2:
        a = a.unsqueeze(1)
    z = torch.view_as_complex(x.double().reshape(*x.shape[:-1], -1, 2))
    y = z * torch.polar(torch.ones_like(a), a)
    return torch.view_as_real(y).flatten(-2).float()


def rotary(name, p, x, interleaved=False, base=10000.0):
    case("rotary", name, "%d %g" % (interleaved, base),
         lambda p, x: (pairs if interleaved else halves)(p, x, base),
         p, torch.randn(x))


for how in False, True:
    rotary("from 0", torch.arange(5), (5, 8), how)
    rotary("from 3", torch.arange(3, 7), (2, 4, 6), how)
    rotary("heads", torch.arange(4), (2, 3, 4, 6), how)
    rotary("one token of a cache", torch.tensor([17]), (2, 3, 1, 8), how)
    rotary("one pair", torch.arange(6), (6, 2), how)
    rotary("far away", torch.tensor([100000, 99999, 5]), (3, 16), how)
    rotary("another base", torch.arange(6), (2, 6, 8), how, 500000)
    rotary("batch", torch.tensor([[0, 1, 2], [7, 3, 0]]), (2, 3, 4), how)
    rotary("batch and heads", torch.randint(0, 50, (3, 4)), (3, 2, 4, 6), how)
    rotary("five dimensions", torch.randint(0, 9, (2, 3)), (2, 2, 2, 3, 4), how)


def sinusoids(name, first, n, D):
    """The table of the reference model of 2017, in double."""
    p = torch.arange(first, first + n, dtype=torch.float64)[:, None]
    w = torch.exp(torch.arange(0, D, 2, dtype=torch.float64)
                  * -(torch.log(torch.tensor(10000.0, dtype=torch.float64)) / D))
    y = torch.zeros(n, D, dtype=torch.float64)
    y[:, 0::2], y[:, 1::2] = torch.sin(p * w), torch.cos(p * w)
    out.append("sinusoids %s %d" % (name.replace(" ", "_"), first))
    out.append("y %s %s" % (ints(y.shape), bits(y)))


sinusoids("small", 0, 3, 4)
sinusoids("wide", 0, 20, 32)
sinusoids("later", 1000, 4, 10)
sinusoids("far away", 100000, 3, 8)
sinusoids("one pair", 7, 5, 2)

write("embeddings.txt", out)
