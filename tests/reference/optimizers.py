#!/usr/bin/python3
"""Writes optimizers.txt: where PyTorch's optimizers go.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/optimizers.py

The file is committed, so that no test needs Python. Two parameters, a of
shape 3,2 and b of shape 5, take 100 steps. Their gradients are explicit, so
that both sides can make them, element i of 11 at step t (from 0):

    noise   (u(11 t + i) - 0.4) * 10^(i mod 5 - 2)
    bowl    c_i (w_i - target_i),  c_i = 2^(i mod 4 - 2), target_i = i - 5
    late    as noise, but b has no gradient at steps 0 to 9 and 50 to 59

where u(n) = (n * 2654435761 mod 2^32) >> 8, times 2^-24. Lines of the file:

    case KIND PROBLEM LR MOMENTUM DAMPENING DECAY NESTEROV ALPHA EPS CENTERED
         BETA1 BETA2 AMSGRAD
    at STEPS W_0,...,W_10      after so many steps, the bits of the floats
"""
import itertools
import numpy as np
import torch
from form import bits, write

N = 11
SCALE = np.array([10.0 ** (i % 5 - 2) for i in range(N)], np.float32)
C = np.array([2.0 ** (i % 4 - 2) for i in range(N)], np.float32)
TARGET = np.array([i - 5 for i in range(N)], np.float32)
START = np.array([np.float32(3 * np.sin(i + 1)) for i in range(N)], np.float32)


def uniform(n):
    return (((n * 2654435761) % 2**32) >> 8).astype(np.float32) * np.float32(2.0**-24)


def gradient(problem, t, w):
    if problem == "bowl":
        return C * (w - TARGET)
    n = np.arange(N, dtype=np.uint64) + np.uint64(N * t)
    return (uniform(n) - np.float32(0.4)) * SCALE


def run(make, problem):
    a = torch.nn.Parameter(torch.from_numpy(START[:6].reshape(3, 2).copy()))
    b = torch.nn.Parameter(torch.from_numpy(START[6:].copy()))
    opt = make([a, b])
    for t in range(100):
        w = np.concatenate([a.detach().numpy().ravel(), b.detach().numpy()])
        g = torch.from_numpy(gradient(problem, t, w))
        a.grad = g[:6].reshape(3, 2).clone()
        rests = problem == "late" and (t < 10 or 50 <= t < 60)
        b.grad = None if rests else g[6:].clone()
        opt.step()
        if t + 1 in (1, 2, 10, 100):
            w = np.concatenate([a.detach().numpy().ravel(), b.detach().numpy()])
            yield t + 1, bits(w)


lines = ["start " + bits(START)]


def case(kind, make, lr, momentum=0, dampening=0, decay=0, nesterov=0,
         alpha=0, eps=0, centered=0, beta1=0, beta2=0, amsgrad=0):
    for problem in ("noise", "bowl", "late"):
        lines.append("case %s %s %r %r %r %r %d %r %r %d %r %r %d" % (
            kind, problem, lr, momentum, dampening, decay, nesterov, alpha,
            eps, centered, beta1, beta2, amsgrad))
        lines.extend("at %d %s" % step for step in run(make, problem))


for decay in (0, 0.1):
    for momentum, dampening, nesterov in ((0, 0, 0), (0.9, 0, 0), (0.9, 0.3, 0),
                                          (0.9, 0, 1)):
        case("sgd", lambda p: torch.optim.SGD(
            p, lr=0.01, momentum=momentum, dampening=dampening,
            weight_decay=decay, nesterov=bool(nesterov)), 0.01, momentum,
            dampening, decay, nesterov)
    for momentum, centered, (alpha, eps) in itertools.product(
            (0, 0.9), (0, 1), ((0.99, 1e-8), (0.9, 1e-3))):
        case("rmsprop", lambda p: torch.optim.RMSprop(
            p, lr=0.002, alpha=alpha, eps=eps, momentum=momentum,
            weight_decay=decay, centered=bool(centered)), 0.002, momentum,
            decay=decay, alpha=alpha, eps=eps, centered=centered)
    for (beta1, beta2, eps), amsgrad in itertools.product(
            ((0.9, 0.999, 1e-8), (0.5, 0.9, 1e-3)), (0, 1)):
        for kind, cls in (("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW)):
            case(kind, lambda p: cls(
                p, lr=0.003, betas=(beta1, beta2), eps=eps, weight_decay=decay,
                amsgrad=bool(amsgrad)), 0.003, decay=decay, eps=eps,
                beta1=beta1, beta2=beta2, amsgrad=amsgrad)
write("optimizers.txt", lines)
