#!/usr/bin/python3
"""Writes transformers.txt: norms, blocks and models of PyTorch, values and
gradients, for tests/test_transformer_values.c.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/transformers.py

    norm NAME RMS EPS           x, maybe w and b
    block NAME OPTIONS          x (B,T,D), w: all parameters, one behind the other
    gpt NAME OPTIONS            i (B,T) ids, w
    y, g, dx, dw, db            the answer, its gradient, and what becomes of it

OPTIONS are vocab_size context dim layers heads kv_heads hidden rotary
rms_norm swiglu no_bias untied. Floats are the eight hexadecimal digits of
their bits. LayerNorm, GELU and attention are PyTorch's own; RMSNorm, SwiGLU
and rotary places are written out from their papers' formulas, since 1.13.1
has none.
"""
import math
import torch
import torch.nn.functional as F
from form import case, write

torch.manual_seed(13)
out = []


def rms(x, w, eps):
    y = x / torch.sqrt((x * x).mean(-1, keepdim=True) + eps)
    return y if w is None else y * w


def layer_norm(x, w, b, eps):
    """In double: on 4096..4099 PyTorch's floats are off by 1e-4."""
    x, w, b = (t if t is None else t.double() for t in (x, w, b))
    return F.layer_norm(x, x.shape[-1:], w, b, eps).float()


def norm(name, shape, rms_=False, eps=1e-5, weight=True, bias=True, x=None):
    x = torch.randn(shape) * 2 + 1 if x is None else x
    n = x.shape[-1]
    ops = {"x": x}
    if weight:
        ops["w"] = torch.randn(n)
    if bias and not rms_:
        ops["b"] = torch.randn(n)
    w, b = ops.get("w"), ops.get("b")
    case(out, "norm %s %d %g" % (name.replace(" ", "_"), rms_, eps),
         lambda: rms(x, w, eps) if rms_ else layer_norm(x, w, b, eps), ops)


for r in (False, True):
    kind = "rms " if r else "layer "
    norm(kind + "plain", (3, 5), r)
    norm(kind + "one row", (7,), r)
    norm(kind + "one number", (4, 1), r)
    norm(kind + "rank 4", (2, 3, 2, 6), r)
    norm(kind + "wide", (3, 130), r)
    norm(kind + "nothing learned", (3, 5), r, weight=False, bias=False)
    norm(kind + "large eps", (3, 5), r, eps=0.5)
    norm(kind + "tiny", (3, 4), r, x=torch.randn(3, 4) * 1e-3)
norm("layer no bias", (3, 5), bias=False)
norm("layer far off", (2, 4), x=torch.tensor([[4096., 4097, 4098, 4099], [1, 1, 1, 2]]))


class Model:
    def __init__(self, vocab, context, dim, layers, heads, kv=0, hidden=0, rotary=0,
                 rms_norm=False, swiglu=False, no_bias=False, untied=False):
        kv = kv or heads
        hidden = hidden or 4 * dim
        self.o = (vocab, context, dim, layers, heads, kv, hidden, rotary, rms_norm,
                  swiglu, no_bias, untied)
        self.shapes, self.n = {}, 0
        self.add("tokens", vocab, dim)
        if not rotary:
            self.add("places", context, dim)
        for i in range(layers):
            self.block(i)
        self.norm("norm")
        if untied:
            self.add("head", vocab, dim)
        self.w = torch.randn(self.n) * 0.4
        self.one = None

    def text(self):
        return " ".join("%g" % v for v in self.o)

    def add(self, name, *shape):
        self.shapes[name] = (self.n, shape)
        self.n += math.prod(shape)

    def norm(self, name):
        self.add(name + ".w", self.o[2])
        if not self.o[8] and not self.o[10]:
            self.add(name + ".b", self.o[2])

    def linear(self, name, inside, outside):
        self.add(name + ".w", outside, inside)
        if not self.o[10]:
            self.add(name + ".b", outside)

    def block(self, i):
        d, heads, kv, hidden = self.o[2], self.o[4], self.o[5], self.o[6]
        self.norm("%d.n1" % i)
        self.linear("%d.q" % i, d, d)
        self.linear("%d.k" % i, d, d // heads * kv)
        self.linear("%d.v" % i, d, d // heads * kv)
        self.linear("%d.o" % i, d, d)
        self.norm("%d.n2" % i)
        if self.o[9]:
            self.linear("%d.gate" % i, d, hidden)
        self.linear("%d.up" % i, d, hidden)
        self.linear("%d.down" % i, hidden, d)

    def __getitem__(self, name):
        if name not in self.shapes:
            return None
        at, shape = self.shapes[name]
        return self.w[at:at + math.prod(shape)].view(shape)

    def normed(self, name, x):
        w, b = self[name + ".w"], self[name + ".b"]
        return rms(x, w, 1e-5) if self.o[8] else F.layer_norm(x, w.shape, w, b, 1e-5)

    def lin(self, name, x):
        return F.linear(x, self[name + ".w"], self[name + ".b"])

    def turned(self, x):
        """x (B,H,T,D): pairs (i, i + D/2), by t * base^(-2i/D)."""
        base, n, d = self.o[7], x.shape[2], x.shape[3]
        if not base:
            return x
        w = base ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
        a = torch.arange(n, dtype=torch.float64)[:, None] * w
        c, s = a.cos().float(), a.sin().float()
        p, q = x[..., :d // 2], x[..., d // 2:]
        return torch.cat([p * c - q * s, q * c + p * s], -1)

    def through(self, i, x):
        b, t, d = x.shape
        heads, kv = self.o[4], self.o[5]
        h = self.normed("%d.n1" % i, x)
        q, k, v = (self.lin("%d.%s" % (i, c), h).view(b, t, n, d // heads).transpose(1, 2)
                   for c, n in (("q", heads), ("k", kv), ("v", kv)))
        q, k = self.turned(q), self.turned(k)
        k, v = (u.repeat_interleave(heads // kv, 1) for u in (k, v))
        s = q @ k.transpose(-2, -1) / math.sqrt(d // heads)
        s = s.masked_fill(torch.ones(t, t).triu(1).bool(), -math.inf)
        y = (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, d)
        x = x + self.lin("%d.o" % i, y)
        h = self.normed("%d.n2" % i, x)
        u = self.lin("%d.up" % i, h)
        u = F.silu(self.lin("%d.gate" % i, h)) * u if self.o[9] \
            else F.gelu(u, approximate="tanh")
        return x + self.lin("%d.down" % i, u)

    def logits(self, ids):
        x = self["tokens"][ids]
        if not self.o[7]:
            x = x + self["places"][:ids.shape[1]]
        for i in range(self.o[3]):
            x = self.through(i, x)
        head = self["head"] if self.o[11] else self["tokens"]
        return self.normed("norm", x) @ head.T


LLAMA = {"rotary": 10000, "rms_norm": True, "swiglu": True, "no_bias": True}


def block(name, shape, **o):
    m = Model(2, shape[1], shape[2], 1, **o)
    x = torch.randn(shape)
    case(out, "block %s %s" % (name, m.text()), lambda: m.through(0, x), {"x": x, "w": m.w})


block("gpt2", (2, 4, 6), heads=2)
block("gpt2_no_bias", (1, 4, 6), heads=3, no_bias=True, hidden=7)
block("llama", (2, 5, 8), heads=2, hidden=9, **LLAMA)
block("llama_groups", (1, 5, 16), heads=4, kv=2, hidden=11, **LLAMA)


def gpt(name, ids, **o):
    m = Model(**o)
    i = torch.randint(0, o["vocab"], ids)
    case(out, "gpt %s %s" % (name, m.text()), lambda: m.logits(i), {"w": m.w}, whole={"i": i})


gpt("gpt2", (2, 4), vocab=7, context=6, dim=8, layers=2, heads=2)
gpt("gpt2_all_places", (1, 6), vocab=5, context=6, dim=4, layers=3, heads=1)
gpt("gpt2_untied", (2, 3), vocab=7, context=3, dim=6, layers=1, heads=3, untied=True)
gpt("no_blocks", (2, 3), vocab=7, context=3, dim=6, layers=0, heads=3)
gpt("llama", (2, 5), vocab=7, context=6, dim=8, layers=2, heads=4, kv=2, hidden=10, **LLAMA)
gpt("llama_untied", (1, 4), vocab=9, context=8, dim=8, layers=2, heads=2, kv=1, hidden=5,
    untied=True, **LLAMA)
gpt("mixed", (1, 4), vocab=5, context=8, dim=4, layers=2, heads=2, hidden=5, rotary=100,
    swiglu=True)
write("transformers.txt", out)
