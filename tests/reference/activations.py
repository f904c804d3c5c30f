#!/usr/bin/python3
"""Writes activations.txt: what PyTorch answers for chapter 2.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/activations.py

The file is committed, so that no test needs Python. Each line is

    OP DIM SHAPE BITS BITS

with the argument's and the answer's floats as eight hexadecimal digits
each, separated by commas; DIM is 0 for functions of one number.
"""
import numpy as np
import torch
import torch.nn.functional as F
from form import bits, write

rng = np.random.default_rng(2)
out = []


def case(op, f, x, dim=0):
    out.append("%s %d %s %s %s" % (op, dim, ",".join(map(str, x.shape)),
                                   bits(x), bits(f(x))))


SPECIAL = [0.0, -0.0, 1e-40, -1e-40, 1e-7, -1e-7, 88, -88, 89, -89, 104,
           -104, 1e4, -1e4, 3e38, -3e38, float("inf"), -float("inf"),
           float("nan"), 0.5, -0.5, 1, -1, 2, -2]
X = torch.from_numpy(np.concatenate([
    np.array(SPECIAL, np.float32),
    rng.standard_normal(60).astype(np.float32),
    (rng.standard_normal(60) * 10).astype(np.float32),
    np.exp(rng.uniform(-30, 4, 40)).astype(np.float32)]))
for op, f in {"relu": torch.relu, "leaky_relu": lambda x: F.leaky_relu(x, 0.1),
              "sigmoid": torch.sigmoid, "tanh": torch.tanh, "gelu": F.gelu,
              "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
              "silu": F.silu}.items():
    case(op, f, X)

SHAPES = [(1,), (10,), (33,), (500,), (3, 5), (5, 3), (2, 17, 4), (2, 3, 70),
          (4, 1, 6), (0, 3), (2, 2, 3, 2, 2, 2)]
for shape in SHAPES:
    for scale in (1, 30):
        x = torch.from_numpy((rng.standard_normal(shape) * scale)
                             .astype(np.float32))
        for dim in range(len(shape)):
            case("softmax", lambda t: torch.softmax(t, dim), x, dim)
            case("log_softmax", lambda t: torch.log_softmax(t, dim), x, dim)
inf, nan = float("inf"), float("nan")
for row in ([inf, 0.0, 1.0], [-inf, -inf], [-inf, 0.0, 1.0], [nan, 0.0],
            [1000.0, 0.0, 999.0], [0.0, -200.0], [3e38, -3e38, 3e38]):
    for op, f in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax)):
        case(op, lambda t: f(t, 0), torch.tensor(row))
write("activations.txt", out)
