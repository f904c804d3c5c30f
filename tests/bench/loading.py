#!/usr/bin/python3
"""The work of loading.c with PyTorch, in rows of the same form: the fastest
way (index a whole batch, then convert it), and its DataLoader.

    loading.py [word: only cases whose "suite case" contains it]
"""
import sys
import time

try:
    import torch
    from torch.utils.data import DataLoader, TensorDataset
except ImportError:
    print("bench: no PyTorch here, so no comparison with it: "
          "apt-get install python3-torch", file=sys.stderr)
    sys.exit(0)

ONLY = sys.argv[1] if len(sys.argv) > 1 else ""
BATCH, ROUNDS = 64, 5


def indexed(x, y):
    order = torch.randperm(len(x))
    for at in range(0, len(x) - BATCH + 1, BATCH):
        rows = order[at:at + BATCH]
        yield x[rows].float().div_(255), y[rows]


def row(case, peer, batches, images):
    if ONLY not in "data " + case:
        return
    times = []
    for _ in range(ROUNDS):
        start, seen = time.perf_counter(), 0
        for x, _ in batches():
            seen += len(x)
            if seen >= images:
                break
        times.append((time.perf_counter() - start) * 1e9 / seen)
    times.sort()
    print("data", case, peer, 1, "%.4g" % times[0], "ns/image",
          "%.4g" % times[ROUNDS // 2], sep="\t", flush=True)


def main():
    torch.set_num_threads(1)
    for n, shape in ((60000, (28, 28)), (50000, (3, 32, 32))):
        case = "%dx%s" % (n, "x".join(map(str, shape)))
        if ONLY not in "data " + case:
            continue
        x = torch.randint(0, 256, (n,) + shape, dtype=torch.uint8)
        y = torch.randint(0, 10, (n,))
        row(case, "pytorch-index", lambda: indexed(x, y), n)
        loader = DataLoader(TensorDataset(x, y), BATCH, shuffle=True, drop_last=True)
        row(case, "pytorch-loader", lambda: ((a.float().div_(255), b) for a, b in loader), 10000)


main()
