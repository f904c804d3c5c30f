#!/usr/bin/python3
"""The work of steps.c with PyTorch, in rows of the same form.

    steps.py [word: only cases whose "suite case" contains it]
"""
import ctypes
import sys
import time

try:
    import torch
except ImportError:
    print("bench: no PyTorch here, so no comparison with it: "
          "apt-get install python3-torch", file=sys.stderr)
    sys.exit(0)

def introduce():
    """Which library multiplies for PyTorch here, with which kernel?"""
    torch.mm(torch.ones(8, 8), torch.ones(8, 8))
    found = "no BLAS that is known here"
    for path in sorted({line.split()[-1] for line in open("/proc/self/maps")
                        if "/" in line}):
        library = path.rsplit("/", 1)[-1]
        if library.startswith("libopenblas"):
            kernel = ctypes.CDLL(path).openblas_get_corename
            kernel.restype = ctypes.c_char_p
            found = "%s, kernel %s" % (library, kernel().decode())
            break
        if library.startswith(("libblis", "libmkl_rt")):
            found = library
    print("pytorch    %s multiplies with %s" % (torch.__version__, found),
          file=sys.stderr)


ONLY = sys.argv[1] if len(sys.argv) > 1 else ""
SAMPLES = 41


def row(suite, case, work, unit="us", scale=None, peer="pytorch"):
    scale = scale or {"us": 1e6, "ns": 1e9}[unit]
    if ONLY not in "%s %s" % (suite, case):
        return
    for _ in range(20):
        work()
    times, spent = 1, 0
    while spent < 10e-3:
        start = time.perf_counter()
        for _ in range(times):
            work()
        spent = time.perf_counter() - start
        times *= 2
    t = []
    for _ in range(SAMPLES):
        start = time.perf_counter()
        for _ in range(times):
            work()
        t.append((time.perf_counter() - start) / times * scale)
    t.sort()
    print("%s\t%s\t%s\t%d\t%.4g\t%s\t%.4g" % (
        suite, case, peer, torch.get_num_threads(), t[0], unit,
        t[len(t) // 2]), flush=True)


def suite(name, net, x, y, loss):
    def forward():
        with torch.no_grad():
            loss(net(x), y)

    def stepper(opt):
        def step():
            opt.zero_grad(set_to_none=True)
            loss(net(x), y).backward()
            opt.step()
        return step
    sgd = torch.optim.SGD(net.parameters(), lr=0.01)
    adam = torch.optim.Adam(net.parameters(), lr=1e-4)
    row("step", name + "-sgd", stepper(sgd))
    row("step", name + "-adam", stepper(adam))
    row("forward", name, forward)
    loss(net(x), y).backward()
    for p in net.parameters():
        p.grad.uniform_(-1, 1)
    row("optimizer", name + "-adam", adam.step)
    row("optimizer", name + "-sgd", sgd.step)


def conv(inside, out, kernel, padding):
    return torch.nn.Conv2d(inside, out, kernel, padding=padding)


def block(inside, out):
    return [conv(inside, out, 3, 1), torch.nn.BatchNorm2d(out), torch.nn.ReLU(),
            torch.nn.MaxPool2d(2)]


def networks():
    """The networks for pictures of steps.c: name, layers, channels, size."""
    n = torch.nn
    yield "lenet-5", [
        conv(1, 6, 5, 2), n.Tanh(), n.AvgPool2d(2), conv(6, 16, 5, 0), n.Tanh(),
        n.AvgPool2d(2), conv(16, 120, 5, 0), n.Tanh(), n.Flatten(),
        n.Linear(120, 84), n.Tanh(), n.Linear(84, 10)], 1, 28
    yield "32-64-128", [
        *block(3, 32), *block(32, 64), *block(64, 128), n.Flatten(),
        n.Linear(2048, 10)], 3, 32
    yield "32-32-64-64", [
        conv(3, 32, 3, 1), n.ReLU(), conv(32, 32, 3, 1), n.ReLU(),
        n.MaxPool2d(2), conv(32, 64, 3, 1), n.ReLU(), conv(64, 64, 3, 1),
        n.ReLU(), n.MaxPool2d(2), n.Flatten(), n.Linear(4096, 10)], 3, 32


def pictures(name, layers, channels, size, nhwc):
    """A step and an answer of 32 pictures; nhwc: with channels last in
    memory, of weights and pictures, so that nothing is reordered."""
    n = 32
    net, x = torch.nn.Sequential(*layers), torch.rand(n, channels, size, size)
    if nhwc:
        net = net.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    y, loss = torch.arange(n) % 10, torch.nn.CrossEntropyLoss()
    opt = torch.optim.SGD(net.parameters(), lr=0.01)

    def step():
        opt.zero_grad(set_to_none=True)
        loss(net(x), y).backward()
        opt.step()

    def answer():
        with torch.no_grad():
            net(x)
    peer = "pytorch-nhwc" if nhwc else "pytorch"
    row("step", name, step, "us/image", 1e6 / n, peer)
    net.eval()
    row("inference", name, answer, "us/image", 1e6 / n, peer)


class Block(torch.nn.Module):
    """A block of GPT-2, without biases, as nanoGPT has it on a CPU."""

    def __init__(self, dim, heads):
        super().__init__()
        n = torch.nn
        self.heads = heads
        self.norm1, self.norm2 = n.LayerNorm(dim), n.LayerNorm(dim)
        self.qkv = n.Linear(dim, 3 * dim, bias=False)
        self.out = n.Linear(dim, dim, bias=False)
        self.mlp = n.Sequential(n.Linear(dim, 4 * dim, bias=False), n.GELU(),
                                n.Linear(4 * dim, dim, bias=False))
        self.register_buffer("may", torch.ones(64, 64).tril().bool())

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (u.view(b, t, self.heads, -1).transpose(1, 2)
                   for u in self.qkv(self.norm1(x)).split(d, dim=2))
        p = q @ k.transpose(-2, -1) * (d // self.heads) ** -0.5
        p = p.masked_fill(~self.may[:t, :t], float("-inf")).softmax(-1)
        x = x + self.out((p @ v).transpose(1, 2).reshape(b, t, d))
        return x + self.mlp(self.norm2(x))


class Letters(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = torch.nn.Embedding(65, 128)
        self.places = torch.nn.Embedding(64, 128)
        self.blocks = torch.nn.Sequential(*(Block(128, 4) for _ in range(4)),
                                          torch.nn.LayerNorm(128))

    def forward(self, ids, last=False):
        x = self.tokens(ids) + self.places.weight[:ids.shape[1]]
        x = self.blocks(x)
        return (x[:, -1:] if last else x) @ self.tokens.weight.t()


def letters():
    gpt, ids = Letters(), torch.randint(0, 65, (12, 64))
    y = torch.randint(0, 65, (12 * 64,))
    opt = torch.optim.Adam(gpt.parameters(), lr=1e-4)

    def step():
        opt.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(gpt(ids).view(-1, 65), y).backward()
        opt.step()

    def write():
        text = torch.zeros(1, 1, dtype=torch.long)
        with torch.no_grad():
            for _ in range(64):
                p = gpt(text[:, -64:], last=True)[:, -1].softmax(-1)
                text = torch.cat((text, torch.multinomial(p, 1)), dim=1)
    row("step", "nanogpt-cpu", step)
    row("writing", "nanogpt-cpu", write, "us/token", 1e6 / 64)


introduce()
for threads in (1, 2):
    torch.set_num_threads(threads)
    xor = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(),
                              torch.nn.Linear(4, 1))
    suite("xor-2-4-1", xor, torch.tensor([[0., 0], [0, 1], [1, 0], [1, 1]]),
          torch.tensor([[0.], [1], [1], [0]]), torch.nn.MSELoss())
    mlp = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(),
                              torch.nn.Linear(128, 10))
    suite("mlp-784-128-10", mlp, torch.rand(64, 784), torch.arange(64) % 10,
          torch.nn.CrossEntropyLoss())
    one = torch.ones(4, requires_grad=True)
    row("op", "add-recorded", lambda: one + one, "ns")

    def unrecorded():
        with torch.no_grad():
            return one + one
    row("op", "add-no-grad", unrecorded, "ns")
    for network in networks():
        for nhwc in (False, True):
            pictures(*network, nhwc)
    letters()
