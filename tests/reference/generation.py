#!/usr/bin/python3
"""Writes generation.txt and gpt2.safetensors, for tests/test_generation_values.c.

Run by hand, with Debian's python3-torch (1.13.1):

    /usr/bin/python3 tests/reference/generation.py

    sample NAME VOCABULARY PENALTY TEMPERATURE K P M
                        x: logits, i: ids seen, y: the chance of each id
    gpt2 NAME HEADS     i: ids, y: logits of the model in gpt2.safetensors
    greedy NAME HEADS   i: a prompt, and what follows, token by token, in a
                        window of the context; p: the probability of each

Floats are the eight hexadecimal digits of their bits. Samplers are those of
Hugging Face, in its order, by their definitions; of equal logits a lower id
comes first, as theirs leave open or keep all. The file of weights is written
here, byte by byte, with random numbers and the names of GPT2LMHeadModel.
"""
import json
import os
import struct
import numpy as np
import torch
import torch.nn.functional as F
from form import HERE, bits, ints, write

torch.manual_seed(13)
out = []
NO = float("-inf")


# ---- samplers
def chances(x, seen, vocabulary, penalty, temperature, k, p, m):
    x = x.double().clone()
    if penalty and len(seen):
        at = torch.tensor(seen)
        old = x[at]
        x[at] = torch.where(old < 0, old * penalty, old / penalty).float().double()
    if vocabulary:
        x[vocabulary:] = NO
    if temperature == 0:
        y = torch.zeros(len(x))
        y[int(np.argmax(x.numpy()))] = 1
        return y
    x = x / temperature
    order = torch.from_numpy(np.argsort(-x.numpy(), kind="stable"))
    if k and k < len(x):
        if len(set(x.tolist())) == len(x):       # theirs, where nothing is equal
            theirs = x.masked_fill(x < torch.topk(x, k)[0][-1], NO)
        x[order[k:]] = NO
        if len(set(x.tolist())) == len(x):
            assert torch.equal(x, theirs)
    if 0 < p < 1:
        s = x.softmax(0)[order]
        before = s.cumsum(0) - s
        x[order[before >= p - 1e-12]] = NO
    if m:
        q = x.softmax(0)
        x[q < m * q.max()] = NO
    return x.softmax(0)


def sample(name, x, seen=(), vocabulary=0, penalty=0, temperature=1.0, k=0, p=0.0, m=0.0):
    y = chances(x, list(seen), vocabulary, penalty, temperature, k, p, m)
    assert abs(float(y.sum()) - 1) < 1e-6
    out.append("sample %s %d %g %g %d %g %g" % (name.replace(" ", "_"), vocabulary, penalty,
                                                temperature, k, p, m))
    out.append("x %d %s" % (len(x), bits(x)))
    if len(seen):
        out.append("i %d %s" % (len(seen), ints(seen)))
    out.append("y %d %s" % (len(y), bits(y)))


def normal(n):
    return torch.randn(n) * 3


def ties(n):
    return torch.randint(0, 4, (n,)).float()


some = [7, 3, 3, 49, 0, 7, 7]
sample("plain", normal(50))
sample("one of all", torch.tensor([2.0]))
sample("penalty", normal(50), some, penalty=1.3)
sample("reward", normal(50), some, penalty=0.5)
sample("greedy", normal(50), temperature=0)
sample("greedy with penalty", ties(50), range(30), penalty=1.2, temperature=0)
sample("greedy of ties", torch.tensor([1.0, 3, 2, 3, 3]), temperature=0)
sample("cold", normal(50), temperature=0.3)
sample("hot", normal(50), temperature=5)
sample("nearly frozen", normal(50), temperature=1e-3)
sample("vocabulary", normal(50), vocabulary=31)
sample("vocabulary greedy", torch.tensor([1.0, 0, 5]), vocabulary=2, temperature=0)
for k in (1, 3, 49, 50, 51, 1000):
    sample("top %d" % k, normal(50), k=k)
sample("three twos", torch.tensor([1.0, 2, 2, 2, 3]), k=3)
sample("two of three twos", torch.tensor([2.0, 2, 2]), k=2)
sample("top 7 of ties", ties(50), k=7)
for p in (1e-6, 0.1, 0.5, 0.9, 0.99, 1):
    sample("nucleus %g" % p, normal(50), p=p)
sample("nucleus of ties", ties(50), p=0.62)
for m in (1e-6, 0.05, 0.5, 0.999):
    sample("min %g" % m, normal(50), m=m)
sample("all equal, min 1", torch.zeros(6), m=1)
x = normal(50)
x[::3] = NO
sample("some are out", x, some, penalty=1.1, k=20, p=0.9)
sample("one is left", torch.tensor([NO, NO, -4.0, NO]), p=0.5, k=2)
sample("large", torch.tensor([3e38, -3e38, 2.9e38]))
sample("top k, then p", normal(50), k=5, p=0.7)
sample("p, then min", normal(50), p=0.95, m=0.1)
for i in range(12):
    sample("all of them %d" % i, normal(50), torch.randint(0, 50, (9,)).tolist(),
           vocabulary=45, penalty=1.25, temperature=(0.7, 1.4)[i % 2], k=12 + i, p=0.8, m=0.04)


# ---- a GPT-2 of random weights
V, PLACES, E, HEADS, LAYERS = 37, 12, 16, 2, 2
w = {"wte.weight": torch.randn(V, E) * 0.7, "wpe.weight": torch.randn(PLACES, E) * 0.3}
for n in range(LAYERS):
    h = "h.%d." % n
    for ln in ("ln_1", "ln_2"):
        w[h + ln + ".weight"] = 1 + torch.randn(E) * 0.2
        w[h + ln + ".bias"] = torch.randn(E) * 0.2
    w[h + "attn.bias"] = torch.ones(PLACES, PLACES).tril().reshape(1, 1, PLACES, PLACES)
    w[h + "attn.masked_bias"] = torch.tensor(-1e4)
    for name, i, o in (("attn.c_attn", E, 3 * E), ("attn.c_proj", E, E),
                       ("mlp.c_fc", E, 4 * E), ("mlp.c_proj", 4 * E, E)):
        w[h + name + ".weight"] = torch.randn(i, o) / i ** 0.5
        w[h + name + ".bias"] = torch.randn(o) * 0.2
w["ln_f.weight"] = 1 + torch.randn(E) * 0.2
w["ln_f.bias"] = torch.randn(E) * 0.2


def conv1d(x, name):
    return torch.addmm(w[name + ".bias"], x.reshape(-1, x.shape[-1]),
                       w[name + ".weight"]).reshape(*x.shape[:-1], -1)


def norm(x, name):
    return F.layer_norm(x, (E,), w[name + ".weight"], w[name + ".bias"], 1e-5)


def attention(x, name):
    b, t, _ = x.shape
    q, k, v = (u.reshape(b, t, HEADS, -1).transpose(1, 2)
               for u in conv1d(x, name + ".c_attn").split(E, dim=2))
    s = q @ k.transpose(-1, -2) / (E // HEADS) ** 0.5
    s = s.masked_fill(torch.ones(t, t).triu(1).bool(), NO).softmax(-1)
    return conv1d((s @ v).transpose(1, 2).reshape(b, t, E), name + ".c_proj")


def gelu_new(x):
    return 0.5 * x * (1 + torch.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x ** 3)))


def gpt2(ids):
    x = w["wte.weight"][ids] + w["wpe.weight"][:ids.shape[1]]
    for n in range(LAYERS):
        h = "h.%d." % n
        x = x + attention(norm(x, h + "ln_1"), h + "attn")
        y = gelu_new(conv1d(norm(x, h + "ln_2"), h + "mlp.c_fc"))
        x = x + conv1d(y, h + "mlp.c_proj")
    return norm(x, "ln_f") @ w["wte.weight"].t()


for name, shape in (("one", (1, 1)), ("batch", (2, 7)), ("full", (1, PLACES))):
    ids = torch.randint(0, V, shape)
    y = gpt2(ids)
    out.append("gpt2 %s %d" % (name, HEADS))
    out.append("i %s %s" % (ints(ids.shape), ints(ids.flatten())))
    out.append("y %s %s" % (ints(y.shape), bits(y)))

ids, p = torch.randint(0, V, (5,)).tolist(), []
for _ in range(20):
    q = gpt2(torch.tensor([ids[-PLACES:]]))[0, -1].softmax(0)
    top = q.topk(2)[0]
    assert float(top[0] - top[1]) > 1e-3         # the rounding decides nothing
    ids.append(int(q.argmax()))
    p.append(float(q.max()))
out.append("greedy window %d" % HEADS)
out.append("i %d %s" % (len(ids), ints(ids)))
out.append("p %d %s" % (len(p), bits(p)))
write("generation.txt", out)

header, at, data = {"__metadata__": {"format": "pt"}}, 0, b""
for name in sorted(w):
    part = np.ascontiguousarray(w[name], np.float32).tobytes()
    header[name] = {"dtype": "F32", "shape": list(w[name].shape),
                    "data_offsets": [at, at + len(part)]}
    at, data = at + len(part), data + part
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(os.path.join(HERE, "gpt2.safetensors"), "wb") as f:
    f.write(struct.pack("<Q", len(text)) + text + data)
