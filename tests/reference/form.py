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


def case(out, head, f, operands, constants=None, whole=None):
    """Adds the lines of one case: y = f(), and the gradients of the operands.
    constants: tensors without a gradient; whole: those of whole numbers."""
    out.append(head)
    for t in operands.values():
        t.requires_grad_(True)
    y = f()
    g = torch.randn(y.shape)
    y.backward(g)
    assert not torch.isnan(y).any()
    for key, t in [*operands.items(), *(constants or {}).items(), ("y", y), ("g", g),
                   *(("d" + k, t.grad) for k, t in operands.items())]:
        out.append("%s %s %s" % (key, ints(t.shape), bits(t)))
    for key, t in (whole or {}).items():
        out.append("%s %s %s" % (key, ints(t.shape), ints(t.flatten())))


def write(name, lines):
    with open(os.path.join(HERE, name), "w") as f:
        f.write("\n".join(lines) + "\n")
