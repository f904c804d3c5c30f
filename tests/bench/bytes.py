#!/usr/bin/python3
"""The work of bytes.c with PyTorch: floats, and quantize_dynamic with each
engine that it has.

    bytes.py [word: only cases whose "suite case" contains it]
"""
import os
import sys
import time

try:
    import torch
except ImportError:
    print("bench: no PyTorch here, so no comparison with it: "
          "apt-get install python3-torch", file=sys.stderr)
    sys.exit(0)

torch.set_num_threads(1)
ONLY = sys.argv[1] if len(sys.argv) > 1 else ""
SAMPLES = 41


def row(case, peer, work):
    if ONLY not in "bytes " + case:
        return
    t = []
    start = time.perf_counter()
    work()
    times = max(1, int(1e-3 / (time.perf_counter() - start)))
    for _ in range(SAMPLES):
        start = time.perf_counter()
        for _ in range(times):
            work()
        t.append((time.perf_counter() - start) / times * 1e6)
    t.sort()
    print("bytes\t%s\t%s\t1\t%.4g\tus\t%.4g" % (case, peer, t[0],
                                               t[SAMPLES // 2]))


os.dup2(os.open(os.devnull, os.O_WRONLY), 2)    # qnnpack warns at each call
nn = torch.nn
net = nn.Sequential(nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024),
                    nn.ReLU(), nn.Linear(1024, 10)).eval()
with torch.inference_mode():
    for b in (1, 8, 64):
        x = torch.rand(b, 784)
        row("floats-%d" % b, "pytorch", lambda: net(x))
        for engine in torch.backends.quantized.supported_engines:
            if engine == "none":
                continue
            torch.backends.quantized.engine = engine
            q = torch.quantization.quantize_dynamic(net, {nn.Linear},
                                                    dtype=torch.qint8)
            row("bytes-%d" % b, "pytorch-" + engine, lambda: q(x))
