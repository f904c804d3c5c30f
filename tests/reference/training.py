#!/usr/bin/python3
"""Writes training.txt: learning rates and clipped gradients by PyTorch.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/training.py

Lines, fields separated by one space, floats as %.17g:

    schedule KIND PARAMETERS N RATES...
        KIND and PARAMETERS as in test_schedules.c; the rates of steps 0..N-1
    clip norm MAX TOTAL N BEFORE... AFTER...
    clip value LIMIT 0 N BEFORE... AFTER...
        two gradients, of N / 3 elements and of the rest, as one row
"""
import warnings
import torch
from torch.optim.lr_scheduler import (CosineAnnealingLR, LambdaLR, LinearLR,
                                      SequentialLR, StepLR)
from form import write

warnings.simplefilter("ignore")
torch.manual_seed(1)
out = []


def text(values):
    return " ".join("%.17g" % float(v) for v in values)


def rates(lr, make, n):
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    s = make(opt)
    got = []
    for _ in range(n):
        got.append(opt.param_groups[0]["lr"])
        opt.step()
        s.step()
    return got


def schedule(kind, parameters, lr, make, n):
    got = rates(lr, make, n)
    out.append("schedule %s %s %d %s" % (kind, text(parameters), n, text(got)))


for lr, every, gamma in ((0.1, 1, 0.9), (0.5, 7, 0.1), (3e-4, 30, 0.5)):
    schedule("step", (lr, every, gamma), lr,
             lambda o: StepLR(o, every, gamma), 100)
for lr, low, steps in ((0.1, 0, 50), (0.01, 0.001, 7), (1, 0.5, 99)):
    schedule("cosine", (lr, low, steps), lr,
             lambda o: CosineAnnealingLR(o, steps, low), steps + 1)
for lr, start, steps in ((0.1, 0.01, 10), (2e-3, 1 / 3, 5), (1, 1, 3)):
    schedule("warmup", (lr, start, steps), lr,
             lambda o: LinearLR(o, start, 1.0, steps), steps + 5)
# from 0 up, which LinearLR refuses, as everybody writes it
schedule("warmup", (0.1, 0, 8), 0.1,
         lambda o: LambdaLR(o, lambda t: min(1, t / 8)), 12)
# warm-up, then a cosine
schedule("warm_cosine", (0.1, 0.1, 10, 0.001, 40), 0.1,
         lambda o: SequentialLR(o, [LinearLR(o, 0.1, 1.0, 10),
                                    CosineAnnealingLR(o, 40, 0.001)], [10]),
         50)
# warm-up, then stairs
schedule("warm_step", (0.2, 0.25, 4, 6, 0.5), 0.2,
         lambda o: SequentialLR(o, [LinearLR(o, 0.25, 1.0, 4),
                                    StepLR(o, 6, 0.5)], [4]), 40)

for norm, limit in ((True, 1), (True, 100), (True, 0.01), (False, 0.5),
                    (False, 2)):
    n = 30
    g = torch.randn(n) * 3
    a, b = torch.nn.Parameter(torch.zeros(n // 3)), \
        torch.nn.Parameter(torch.zeros(n - n // 3))
    a.grad, b.grad = g[:n // 3].clone(), g[n // 3:].clone()
    total = 0
    if norm:
        total = torch.nn.utils.clip_grad_norm_([a, b], limit)
    else:
        torch.nn.utils.clip_grad_value_([a, b], limit)
    after = torch.cat([a.grad, b.grad])
    out.append("clip %s %s %d %s %s" % (
        "norm" if norm else "value", text((limit, total)), n, text(g),
        text(after)))

write("training.txt", out)
