"""The form of the files here: what the programs that write them share."""
import os
import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)           # sums in one order


def ints(values):
    return ",".join(str(int(v)) for v in values) or "-"


def bits(values):
    """The bits of floats, eight hexadecimal digits each."""
    t = torch.as_tensor(values).detach()
    flat = np.ascontiguousarray(t, np.float32).view(np.uint32).ravel()
    return ",".join("%08x" % v for v in flat) or "-"


def write(name, lines):
    with open(os.path.join(HERE, name), "w") as f:
        f.write("\n".join(lines) + "\n")
