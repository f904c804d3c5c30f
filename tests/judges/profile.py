#!/usr/bin/python3
"""make test-profile: the profiler beside PyTorch's, on the same network.

    profile.py PROGRAM     PROGRAM is build/bin/besidetorch

Both run the same steps on one thread. Operators, calls and FLOPs must be the
same; PyTorch does not count the additions of a bias. With --count, which adds
up what passed, the share of an operator in the time, both ways together, may
differ by TOLERANCE, in the median of TRIALS. Its two ways share that time
differently, since two libraries are fast at different products.
"""
import subprocess
import sys

try:
    import torch
    from torch import nn
    from torch.profiler import ProfilerActivity, profile
except ImportError:
    sys.exit("profile.py: no PyTorch here: apt-get install python3-torch")

TOLERANCE = 0.08                 # of the time of a step
TRIALS = 5
STEPS = 5
SIZES = [784, 512, 512, 10]
BATCH = 256
BACK = "autograd::engine::evaluate_function: "
# (ours, phase): what PyTorch calls it; its time with all that it calls
ROWS = {
    ("tt_linear", 0): ["aten::linear"],
    ("tt_linear", 1): [BACK + "AddmmBackward0", BACK + "TBackward0"],
    ("tt_relu", 0): ["aten::relu"],
    ("tt_relu", 1): [BACK + "ReluBackward0"],
    ("tt_cross_entropy", 0): ["aten::cross_entropy_loss"],
    ("tt_cross_entropy", 1): [BACK + "NllLossBackward0",
                              BACK + "LogSoftmaxBackward0"],
    ("sgd", 2): ["Optimizer.step#SGD.step"],
}
PRODUCTS = {("tt_linear", 0): "aten::addmm", ("tt_linear", 1): "aten::mm"}


def ours(program):
    rows = {}
    for line in subprocess.check_output([program], text=True).splitlines():
        name, phase, calls, mflop, share = line.split("\t")
        rows[name, int(phase)] = float(calls), float(mflop), float(share)
    return rows


def theirs():
    torch.set_num_threads(1)
    layers = []
    for a, b in zip(SIZES, SIZES[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    net, loss = nn.Sequential(*layers[:-1]), nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(net.parameters(), lr=0.01)
    x, y = torch.rand(BATCH, SIZES[0]), torch.randint(0, 10, (BATCH,))

    def step():
        sgd.zero_grad(set_to_none=True)
        loss(net(x), y).backward()
        sgd.step()
    for _ in range(3):
        step()
    with profile(activities=[ProfilerActivity.CPU], with_flops=True) as p:
        for _ in range(STEPS):
            step()
    return {e.key: e for e in p.key_averages()}


def share_of(names, events):
    whole = sum(e.self_cpu_time_total for e in events.values())
    return sum(events[n].cpu_time_total for n in names if n in events) / whole


def median(of):
    return sorted(of)[len(of) // 2]


def main():
    count = "--count" in sys.argv
    trials = [(ours(sys.argv[1]), theirs()) for _ in range(TRIALS)]
    mine, other = trials[0]
    bias = {0: 1e-6 * BATCH * sum(SIZES[1:]), 1: 1e-6 * BATCH * sum(SIZES[1:])}
    bad, apart = 0, {}
    print("%-18s %-9s %12s %16s %16s" % ("operation", "", "calls", "MFLOP",
                                         "share of time"))
    print("%-28s %6s %5s %8s %7s %8s %7s" % (
        "", "ours", "torch", "ours", "torch", "ours", "torch"))
    for key, names in ROWS.items():
        calls, mflop, _ = mine.get(key, (0, 0, 0))
        share = median([m.get(key, (0, 0, 0))[2] for m, _ in trials])
        found = [other[n] for n in names if n in other]
        torch_share = median([share_of(names, t) for _, t in trials])
        torch_calls = found[0].count / STEPS if found else 0
        wrong = calls != torch_calls
        apart[key[0]] = apart.get(key[0], 0) + share - torch_share
        torch_mflop = ""
        if key in PRODUCTS:
            flops = 1e-6 * other[PRODUCTS[key]].flops / STEPS
            torch_mflop = "%.1f" % flops
            wrong = wrong or abs(mflop - bias[key[1]] - flops) > 1e-5 * flops
        print("%-18s %-9s %6g %5g %8.1f %7s %6.1f %% %5.1f %%%s" % (
            key[0], ["forward", "backward", ""][key[1]], calls, torch_calls,
            mflop, torch_mflop, 100 * share, 100 * torch_share,
            "  differs" if wrong else ""))
        bad += wrong
    far = [name for name, by in apart.items() if count and abs(by) > TOLERANCE]
    for name in far:
        print("%s: its share differs by %.1f %%" % (name, 100 * apart[name]))
    bad += len(far)
    if count:
        print("%d passed, %d failed" % (len(ROWS) + len(apart) - bad, bad))
    sys.exit(bad > 0)


main()
