#!/usr/bin/python3
"""The work of cifar75.c with PyTorch, as an expert runs it: channels last, whole
batches moved and mirrored.

    cifar75.py FOLDER [SEED]
"""
import math
import sys
import time

try:
    import numpy as np
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    print("bench: no PyTorch here, so no comparison with it: "
          "apt-get install python3-torch", file=sys.stderr)
    sys.exit(0)

FOLDER, SEED = sys.argv[1], int((sys.argv[2:] or ["0"])[0])
EPOCHS, BATCH, RATE = 2, 64, 0.08


def load(*names):
    rows = np.concatenate([np.fromfile("%s/%s.bin" % (FOLDER, n), np.uint8).reshape(-1, 3073)
                           for n in names])
    return (torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()),
            torch.from_numpy(rows[:, 0].astype(np.int64)))


def ink(x):
    return ((x.float() - 128) / 64).contiguous(memory_format=torch.channels_last)


def block(n_in, n_out):
    return [nn.Conv2d(n_in, n_out, 3, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()]


def rate(step, steps):
    rise = steps // 5
    if step < rise:
        return 0.1 + 0.9 * step / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / (steps - rise)))


def moved(x):
    down, right = torch.randint(0, 5, (2,)).tolist()
    x = F.pad(x, [2] * 4)[:, :, down:down + 32, right:right + 32]
    x = torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(3), x)
    return x.contiguous(memory_format=torch.channels_last)


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    x, y = load(*["data_batch_%d" % i for i in range(1, 6)])
    tx, ty = load("test_batch")
    net = nn.Sequential(*block(3, 16), nn.MaxPool2d(2), *block(16, 48), nn.MaxPool2d(2),
                        *block(48, 96), nn.MaxPool2d(2), *block(96, 128),
                        nn.AdaptiveMaxPool2d(2), nn.Flatten(), nn.Linear(512, 10))
    net = net.to(memory_format=torch.channels_last)
    steps = EPOCHS * (len(x) // BATCH)
    opt = torch.optim.SGD(net.parameters(), RATE, momentum=0.9, weight_decay=5e-4, nesterov=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: rate(step, steps))
    start = time.perf_counter()
    for _ in range(EPOCHS):
        order = torch.randperm(len(x))
        for at in range(0, len(x) - BATCH + 1, BATCH):
            rows = order[at:at + BATCH]
            loss = F.cross_entropy(net(moved(ink(x[rows]))), y[rows], label_smoothing=0.1)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
            schedule.step()
    seconds = time.perf_counter() - start
    net.eval()
    right = 0
    with torch.no_grad():
        for at in range(0, len(tx), 1000):
            part = ink(tx[at:at + 1000])
            right += ((net(part) + net(part.flip(3))).argmax(1) == ty[at:at + 1000]).sum().item()
    print("train\tcifar-75\tpytorch-nhwc\t2\t%.4g\ts\t%.2f %%" % (seconds, 100 * right / len(tx)))


main()
