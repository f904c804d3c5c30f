#!/usr/bin/python3
"""Writes attention.txt: PyTorch's attention, values and gradients, for
tests/test_attention_values.c.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/attention.py

    sdpa NAME CAUSAL SCALE      q, k, v, maybe mask and bias
    layer NAME HEADS KV CAUSAL  x, maybe context and mask; q, k, v, o weights
                                and biases of nn.MultiheadAttention
    x SHAPE BITS                operands
    y SHAPE BITS
    g SHAPE BITS                the gradient of y, then what it becomes
    dx SHAPE BITS

Floats are the eight hexadecimal digits of their bits. A row with nothing to
read is NaN in PyTorch 1.13.1; here it is zeros, by definition, so the answers
of such cases come from a softmax without the forbidden columns.
"""
import math
import torch
import torch.nn.functional as F
from torch import nn
from form import case, write

torch.manual_seed(12)
out = []


def sdpa(name, q, k, v, mask=None, bias=None, causal=False, scale=0.0):
    q, k, v = torch.randn(q), torch.randn(k), torch.randn(v)
    operands, constants = {"q": q, "k": k, "v": v}, {}
    t, s = q.shape[-2], k.shape[-2]
    if bias is not None:
        operands["bias"] = bias
    if mask is not None:
        constants["mask"] = mask.float()
    see = torch.ones(t, s).tril(s - t).bool() if causal else torch.ones(t, s).bool()
    if mask is not None:
        see = see & mask

    def f():
        kk, vv = k, v
        if q.dim() > 2 and q.shape[-3] != k.shape[-3]:
            n = q.shape[-3] // k.shape[-3]
            kk, vv = (u.repeat_interleave(n, dim=-3) for u in (k, v))
        x = q @ kk.transpose(-2, -1) * (scale or 1 / math.sqrt(q.shape[-1]))
        if bias is not None:
            x = x + bias
        x = x.masked_fill(~see, float("-inf"))
        none = ~see.any(-1, keepdim=True)
        p = torch.where(none, torch.zeros(()), x.masked_fill(none, 0).softmax(-1))
        y = p @ vv
        if bias is None and not none.any() and not scale and q.dim() > 2:
            at = torch.zeros(see.shape).masked_fill(~see, float("-inf"))
            full = at.expand(x.shape) if at.dim() < x.dim() else at.expand(x.shape)
            flat = [u.reshape(-1, *u.shape[-2:]) for u in (q, kk, vv, full)]
            theirs, _ = F._scaled_dot_product_attention(*flat)
            assert torch.allclose(theirs.reshape(y.shape), y, 1e-5, 1e-6)
        return y
    case(out, "sdpa %s %d %g" % (name.replace(" ", "_"), causal, scale), f,
         operands, constants)


def some(*shape):
    return torch.rand(shape) < 0.6


sdpa("plain", (2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 7))
sdpa("two dimensions", (4, 5), (3, 5), (3, 2))
sdpa("three dimensions", (3, 4, 5), (3, 6, 5), (3, 6, 2))
sdpa("one of all", (1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1))
sdpa("long", (1, 2, 70, 16), (1, 2, 90, 16), (1, 2, 90, 16))
sdpa("scale", (2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3), scale=0.25)
sdpa("causal", (2, 2, 5, 4), (2, 2, 5, 4), (2, 2, 5, 3), causal=True)
sdpa("causal with a past", (2, 2, 3, 4), (2, 2, 7, 4), (2, 2, 7, 3), causal=True)
sdpa("causal, one query", (2, 2, 1, 4), (2, 2, 7, 4), (2, 2, 7, 3), causal=True)
sdpa("mask", (2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3), mask=some(2, 2, 3, 5))
sdpa("mask for all", (2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3), mask=some(3, 5))
sdpa("padding", (3, 2, 3, 4), (3, 2, 5, 4), (3, 2, 5, 3),
     mask=(torch.arange(5) < torch.tensor([5, 2, 0]).unsqueeze(1)).reshape(3, 1, 1, 5))
sdpa("left padding and causal", (3, 2, 5, 4), (3, 2, 5, 4), (3, 2, 5, 3),
     mask=(torch.arange(5) >= torch.tensor([0, 2, 4]).unsqueeze(1)).reshape(3, 1, 1, 5),
     causal=True)
sdpa("queries that read nothing", (1, 2, 3, 4), (1, 2, 5, 4), (1, 2, 5, 3),
     mask=torch.tensor([True, False, True]).reshape(3, 1))
sdpa("no one reads", (1, 2, 3, 4), (1, 2, 5, 4), (1, 2, 5, 3),
     mask=torch.zeros(1, 1).bool())
sdpa("bias", (2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3), bias=torch.randn(2, 2, 3, 5))
sdpa("bias for all", (2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3), bias=torch.randn(2, 1, 5))
sdpa("bias, mask, causal", (2, 2, 5, 4), (2, 2, 5, 4), (2, 2, 5, 3),
     bias=torch.randn(1, 5), mask=some(2, 1, 5, 5), causal=True, scale=0.7)
sdpa("groups", (2, 6, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3))
sdpa("groups without a batch", (6, 3, 4), (3, 5, 4), (3, 5, 3))
sdpa("one for all heads", (2, 4, 3, 4), (2, 1, 5, 4), (2, 1, 5, 3))
sdpa("groups, causal, mask of each head", (2, 4, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3),
     mask=some(2, 4, 3, 5), causal=True)
sdpa("groups, mask of heads", (2, 4, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3), mask=some(4, 1, 5))
sdpa("groups, bias", (2, 4, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3), bias=torch.randn(4, 3, 5))


def layer(name, x, heads, context=None, causal=False, mask=None, bias=True):
    e, dim = x[-1], context[-1] if context else None
    m = nn.MultiheadAttention(e, heads, bias=bias, batch_first=True,
                              kdim=dim, vdim=dim)
    for p in m.parameters():
        nn.init.normal_(p, std=0.5)
    x = torch.randn(x)
    operands, constants = {"x": x}, {}
    c = x
    if context:
        c = operands["context"] = torch.randn(context)
    if mask is not None:
        constants["mask"] = mask.float()
    if m.in_proj_weight is None:
        ws = [m.q_proj_weight, m.k_proj_weight, m.v_proj_weight]
    else:
        ws = m.in_proj_weight.detach().chunk(3)
    ws = [w.detach().clone() for w in ws] + [m.out_proj.weight.detach().clone()]
    bs = []
    if bias:
        bs = [b.clone() for b in m.in_proj_bias.detach().chunk(3)]
        bs += [m.out_proj.bias.detach().clone()]
    operands.update(zip(["wq", "wk", "wv", "wo"], ws))
    operands.update(zip(["bq", "bk", "bv", "bo"], bs))
    t, s = x.shape[1], c.shape[1]
    later = torch.ones(t, s).triu(1).bool() if causal else None

    def f():
        y, _ = F.multi_head_attention_forward(
            x.transpose(0, 1), c.transpose(0, 1), c.transpose(0, 1), e, heads,
            None, torch.cat(bs[:3]) if bias else None, None, None, False, 0.0,
            ws[3], bs[3] if bias else None, False,
            ~mask if mask is not None else None, False, later, True, *ws[:3])
        theirs = m(x, c, c, need_weights=False, attn_mask=later,
                   key_padding_mask=~mask if mask is not None else None)[0]
        assert torch.allclose(theirs, y.transpose(0, 1), 1e-4, 1e-5)
        return y.transpose(0, 1)
    case(out, "layer %s %d %d %d" % (name.replace(" ", "_"), heads, heads, causal), f,
         operands, constants)


lengths = torch.arange(6) < torch.tensor([[6], [4]])
layer("plain", (2, 4, 6), 2)
layer("one head", (2, 4, 6), 1)
layer("many heads", (1, 3, 8), 8)
layer("no bias", (2, 4, 6), 3, bias=False)
layer("causal", (2, 5, 6), 2, causal=True)
layer("cross", (2, 4, 6), 2, context=(2, 6, 6))
layer("cross of another width", (2, 4, 6), 2, context=(2, 6, 5))
layer("padding", (2, 6, 4), 2, mask=lengths)
layer("cross with padding", (2, 3, 4), 2, context=(2, 6, 4), mask=lengths)
layer("causal with padding", (2, 6, 4), 2, mask=lengths, causal=True)
write("attention.txt", out)
