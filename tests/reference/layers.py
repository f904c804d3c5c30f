#!/usr/bin/python3
"""Writes layers.txt: states, outputs, printed form and initialization of
PyTorch's modules, for tests/test_modules.c.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/layers.py

    net NAME
    tensor NAME SHAPE BITS      in the order of state_dict()
    count N                     parameters, shared ones once
    print N                     N lines follow
    input SHAPE BITS            in evaluation mode
    output SHAPE BITS
    rule NAME A SHAPE SIGMA     standard deviation by torch.nn.init's rule

Floats are the eight hexadecimal digits of their bits.
"""
import math
import torch
from torch import nn
from torch.nn import init
from form import bits, ints, write

torch.manual_seed(3)
out = []


def net(name, module, x):
    out.append("net " + name)
    for key, t in module.state_dict().items():
        out.append("tensor %s %s %s" % (key, ints(t.shape), bits(t)))
    out.append("count %d" % sum(p.numel() for p in module.parameters()))
    lines = str(module).replace("ReLU()", "Activation(tt_relu)").split("\n")
    out.append("print %d" % len(lines))
    out.extend(lines)
    module.eval()
    out.append("input %s %s" % (ints(x.shape), bits(x)))
    y = module(x)
    out.append("output %s %s" % (ints(y.shape), bits(y)))


net("linear", nn.Linear(5, 3), torch.randn(2, 4, 5))
net("no_bias", nn.Linear(5, 3, bias=False), torch.randn(5))
net("mlp", nn.Sequential(nn.Flatten(), nn.Linear(6, 16), nn.ReLU(),
                         nn.Dropout(0.25), nn.Linear(16, 3, bias=False)),
    torch.randn(7, 2, 3))
net("nested", nn.Sequential(nn.Sequential(nn.Linear(4, 8), nn.ReLU()),
                            nn.Sequential(), nn.Linear(8, 2)),
    torch.randn(3, 4))
shared = nn.Linear(4, 4)
net("shared", nn.Sequential(shared, nn.ReLU(), shared), torch.randn(2, 4))

for shape in [(3, 5), (64, 200), (8, 4, 3), (8, 4, 5, 5), (1, 1)]:
    w = torch.empty(shape)
    fan_in, fan_out = init._calculate_fan_in_and_fan_out(w)
    for a in [0, 0.2, math.sqrt(5)]:
        gain = init.calculate_gain("leaky_relu", a)
        out.append("rule kaiming %.17g %s %.17g" % (
            a, ints(shape), gain / math.sqrt(fan_in)))
        out.append("rule xavier %.17g %s %.17g" % (
            a, ints(shape), a * math.sqrt(2 / (fan_in + fan_out))))
write("layers.txt", out)
