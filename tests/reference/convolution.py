#!/usr/bin/python3
"""Writes convolution.txt: PyTorch's convolutions, poolings and batch
normalization with every option, values and gradients, for
tests/test_convolution_values.c.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/convolution.py

    KIND NAME OPTIONS           lists, in the order of the C structs
    x SHAPE BITS                operands; w and b if there are some
    y SHAPE BITS
    g SHAPE BITS                the gradient of y, then what it becomes
    dx SHAPE BITS

Floats are the eight hexadecimal digits of their bits.
"""
import torch
import torch.nn.functional as F
from torch import nn
from form import bits, ints, write

torch.manual_seed(9)
out = []


def case(kind, name, options, f, operands):
    """One case: y = f(operands), and the gradients of all operands."""
    out.append("%s %s %s" % (kind, name.replace(" ", "_"), options))
    for t in operands.values():
        t.requires_grad_(True)
    y = f(**operands)
    g = torch.randn(y.shape)
    y.backward(g)
    for key, t in [*operands.items(), ("y", y), ("g", g),
                   *(("d" + k, t.grad) for k, t in operands.items())]:
        out.append("%s %s %s" % (key, ints(t.shape), bits(t)))


def conv(name, x, w, stride=(1, 1), pad=(0, 0, 0, 0), dilation=(1, 1),
         groups=1, bias=True, same=False):
    top, left, bottom, right = pad

    def f(x, w, b=None):
        if same:
            return F.conv2d(x, w, b, stride, "same", dilation, groups)
        x = F.pad(x, (left, right, top, bottom))
        return F.conv2d(x, w, b, stride, 0, dilation, groups)
    operands = {"x": torch.randn(x), "w": torch.randn(w)}
    if bias:
        operands["b"] = torch.randn(w[0])
    case("conv", name, " ".join([ints(stride), ints(pad), ints(dilation),
                                 str(groups), str(int(same))]), f, operands)


conv("plain", (2, 3, 5, 6), (4, 3, 3, 3))
conv("no bias", (2, 3, 5, 6), (4, 3, 3, 3), bias=False)
conv("one by one", (2, 3, 4, 4), (2, 3, 1, 1))
conv("whole map", (2, 2, 4, 3), (3, 2, 4, 3))
conv("stride", (2, 2, 7, 8), (3, 2, 3, 3), stride=(2, 2))
conv("strides", (1, 2, 9, 8), (3, 2, 3, 2), stride=(3, 1))
conv("stride larger than kernel", (1, 2, 9, 8), (3, 2, 2, 2), stride=(3, 4))
conv("padding", (2, 2, 5, 5), (3, 2, 3, 3), pad=(1, 1, 1, 1))
conv("padding larger than kernel", (1, 1, 3, 3), (2, 1, 2, 2),
     pad=(3, 4, 3, 4))
conv("sides", (2, 2, 5, 5), (3, 2, 3, 3), pad=(0, 1, 2, 3))
conv("dilation", (1, 2, 9, 9), (3, 2, 3, 3), dilation=(2, 2))
conv("dilations", (1, 2, 9, 9), (3, 2, 3, 3), dilation=(1, 3),
     pad=(1, 3, 1, 3))
conv("groups", (2, 4, 5, 5), (6, 2, 3, 3), groups=2)
conv("depthwise", (2, 4, 5, 5), (4, 1, 3, 3), groups=4, pad=(1, 1, 1, 1))
conv("multiplier", (2, 3, 5, 5), (6, 1, 3, 3), groups=3)
conv("same odd", (1, 2, 5, 6), (3, 2, 3, 5), same=True)
conv("same even", (1, 2, 5, 6), (3, 2, 4, 2), same=True)
conv("same dilated", (1, 2, 8, 8), (3, 2, 3, 4), dilation=(2, 3), same=True)
conv("all", (2, 4, 11, 12), (6, 2, 3, 2), stride=(2, 3), pad=(1, 2, 0, 3),
     dilation=(2, 3), groups=2)
conv("wide", (1, 2, 3, 150), (2, 2, 3, 3), pad=(1, 1, 1, 1))
conv("many images", (40, 1, 4, 4), (2, 1, 3, 3), pad=(1, 1, 1, 1))


def transposed(name, x, w, stride=(1, 1), pad=(0, 0), dilation=(1, 1),
               groups=1, more=(0, 0), bias=True):
    operands = {"x": torch.randn(x), "w": torch.randn(w)}
    if bias:
        operands["b"] = torch.randn(w[1] * groups)
    case("transposed", name,
         " ".join([ints(stride), ints(pad + pad), ints(dilation),
                   str(groups), ints(more)]),
         lambda x, w, b=None: F.conv_transpose2d(
             x, w, b, stride, pad, more, groups, dilation), operands)


transposed("plain", (2, 3, 4, 5), (3, 2, 3, 3))
transposed("no bias", (2, 3, 4, 5), (3, 2, 3, 3), bias=False)
transposed("stride", (2, 3, 4, 5), (3, 2, 3, 3), stride=(2, 3))
transposed("more", (2, 3, 4, 5), (3, 2, 3, 3), stride=(2, 3), more=(1, 2))
transposed("padding", (2, 3, 4, 5), (3, 2, 3, 3), pad=(1, 2))
transposed("dilation", (1, 2, 4, 5), (2, 2, 3, 2), dilation=(2, 3),
           more=(1, 2))
transposed("groups", (2, 4, 3, 3), (4, 3, 2, 2), groups=2, stride=(2, 2))
transposed("all", (2, 4, 4, 4), (4, 3, 3, 2), groups=2, stride=(2, 3),
           pad=(1, 1), dilation=(2, 1), more=(1, 0))


def pool(name, kernel, stride=None, pad=(0, 0), dilation=(1, 1), ceil=False,
         exclude=False, divisor=None, x=(2, 2, 7, 8), kinds="ma", fill=None):
    stride = stride or kernel
    o = " ".join([ints(kernel), ints(stride), ints(pad + pad),
                  ints(dilation), str(int(ceil)), str(int(exclude)),
                  str(divisor or 0)])
    x = torch.randn(x) if fill is None else torch.tensor(fill).view(x)
    if "m" in kinds:
        case("max", name, o, lambda x: F.max_pool2d(
            x, kernel, stride, pad, dilation, ceil), {"x": x.clone()})
    if "a" in kinds:
        case("avg", name, o, lambda x: F.avg_pool2d(
            x, kernel, stride, pad, ceil, not exclude, divisor),
            {"x": x.clone()})


nan, inf = float("nan"), float("inf")
pool("two", (2, 2))
pool("kernel", (3, 2))
pool("overlap", (3, 3), (1, 2))
pool("skips", (1, 2), (3, 3))
pool("padding", (3, 3), (2, 2), (1, 1))
pool("paddings", (2, 4), (1, 3), (1, 2))
pool("ceil", (2, 3), (2, 2), ceil=True)
pool("ceil, one", (1, 1), (2, 3), ceil=True)
pool("ceil, padding", (3, 2), (2, 3), (1, 1), ceil=True)
pool("dilation", (2, 3), (1, 2), dilation=(3, 2), kinds="m")
pool("dilation, padding", (3, 2), (2, 1), (1, 1), (2, 3), kinds="m")
pool("dilation, ceil", (3, 2), (2, 2), (1, 1), (2, 1), True, kinds="m")
pool("exclude", (3, 3), (2, 2), (1, 1), exclude=True, kinds="a")
pool("exclude, ceil", (3, 2), (2, 3), (1, 1), ceil=True, exclude=True,
     kinds="a")
pool("divisor", (3, 2), (2, 1), (1, 1), divisor=5, kinds="a")
pool("divisor, ceil", (2, 2), (2, 3), (1, 0), ceil=True, divisor=3,
     kinds="a")
pool("equal", (2, 2), (1, 1), x=(1, 1, 3, 3), kinds="m",
     fill=[2., 2, 1, 2, 2, 2, 0, 0, 0])
pool("nan", (2, 2), (1, 1), x=(1, 1, 3, 3), kinds="m",
     fill=[1., nan, 2, 3, 4, nan, 5, 6, 7])
pool("infinite", (2, 2), (1, 1), x=(1, 1, 3, 3), kinds="m",
     fill=[-inf, -inf, 2, -inf, -inf, inf, 5, 6, 7])

for h, w in [(1, 1), (2, 3), (3, 5), (7, 8), (4, 8), (9, 11)]:
    name = "%d_%d" % (h, w)
    case("adaptive_max", name, ints([h, w]),
         lambda x: F.adaptive_max_pool2d(x, (h, w)),
         {"x": torch.randn(2, 2, 7, 8)})
    case("adaptive_avg", name, ints([h, w]),
         lambda x: F.adaptive_avg_pool2d(x, (h, w)),
         {"x": torch.randn(2, 2, 7, 8)})


def norm(name, x, affine=True, running=True, training=True, momentum=0.1,
         eps=1e-5):
    c = x[1]
    mean, var = torch.randn(c), torch.rand(c) + 0.5
    before = [("mean", mean.clone()), ("var", var.clone())]
    operands = {"x": torch.randn(x)}
    if affine:
        operands.update(w=torch.randn(c), b=torch.randn(c))
    case("norm", name, "%d,%d %.17g %.17g" % (training, running, momentum,
                                              eps),
         lambda x, w=None, b=None: F.batch_norm(
             x, mean if running else None, var if running else None, w, b,
             training, momentum, eps), operands)
    for key, t in before + [("mean_after", mean), ("var_after", var)]:
        out.append("%s %s %s" % (key, ints(t.shape), bits(t)))


norm("training", (4, 3, 2, 5))
norm("evaluation", (4, 3, 2, 5), training=False)
norm("not affine", (4, 3, 2, 5), affine=False)
norm("not affine, evaluation", (4, 3, 2, 5), affine=False, training=False)
norm("no running", (4, 3, 2, 5), running=False)
norm("momentum", (4, 3, 2, 5), momentum=0.7)
norm("eps", (4, 3, 2, 5), eps=0.5)
norm("eps, evaluation", (4, 3, 2, 5), eps=0.5, training=False)
norm("one image", (1, 3, 4, 4))
norm("one place", (5, 3, 1, 1))
norm("two values", (2, 3, 1, 1))
norm("rows", (6, 3))

write("convolution.txt", out)
