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


def row(suite, case, work, unit="us"):
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
        t.append((time.perf_counter() - start) / times * (1e9 if unit == "ns" else 1e6))
    t.sort()
    print("%s\t%s\tpytorch\t%d\t%.4g\t%s\t%.4g" % (
        suite, case, torch.get_num_threads(), t[0], unit, t[len(t) // 2]),
        flush=True)


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
