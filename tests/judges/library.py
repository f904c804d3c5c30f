"""The library as Python sees it: graphs of operations go to build/judges/run
(run.c) as text, and what came out comes back as numbers."""
import struct
import subprocess
from dataclasses import dataclass, field

import numpy as np

ALL = -2147483648                        # TT_ALL


@dataclass
class Node:
    """One line of a graph. kind: leaf, const, ints, u8, i8, or an operation."""
    kind: str
    data: np.ndarray = None              # of leaf, const, ints, u8, i8
    ins: list = field(default_factory=list)      # numbers of earlier nodes
    ints: list = field(default_factory=list)
    reals: list = field(default_factory=list)

    def text(self):
        def words(values):
            return ",".join(map(str, values)) or "-"
        if self.data is not None:
            flat = self.data.ravel().tolist()
            shape = words(self.data.shape)
            if self.kind in ("ints", "u8", "i8"):
                return "%s %s %s" % (self.kind, shape, words(flat))
            return "%s %s %s" % (self.kind, shape, words(map(float_text, flat)))
        return "%s %s %s %s" % (self.kind, words(self.ins), words(self.ints),
                                words(map(float_text, self.reals)))


def float_text(v):
    text = repr(float(v))
    return text[:-2] if text.endswith(".0") else text


def graph_text(name, nodes, backward=()):
    lines = ["graph %s" % name] + [n.text() for n in nodes]
    if backward:
        lines.append("backward " + ",".join(map(str, backward)))
    return "\n".join(lines + ["end\n"])


@dataclass
class Answer:
    failed: bool
    count: int                           # values made before it failed
    message: str
    values: list                         # arrays: float64, or int32
    grads: dict                          # of each leaf: array, or None
    left: int                            # tensors that were left over


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def int(self):
        self.at += 4
        return struct.unpack_from("i", self.data, self.at - 4)[0]

    def bytes(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def tensor(self):
        dtype = self.int()
        if dtype < 0:
            return None
        shape = struct.unpack("%dq" % (r := self.int()), self.bytes(8 * r))
        n = int(np.prod(shape, dtype=np.int64))
        v = np.frombuffer(self.bytes(8 * n), np.float64).reshape(shape)
        return v if dtype == 0 else v.astype(np.int32)

    def answer(self, nodes):
        failed, count, length = self.int(), self.int(), self.int()
        message = self.bytes(length).decode()
        values = [] if failed else [self.tensor() for _ in range(count)]
        leaves = [i for i, n in enumerate(nodes) if n.kind == "leaf"]
        grads = {} if failed else {i: self.tensor() for i in leaves}
        return Answer(bool(failed), count, message, values, grads, self.int())


class Crash(Exception):
    """The program died; .graph is the number of the one it died in."""

    def __init__(self, graph, status, stderr):
        super().__init__("graph %d: status %d\n%s" % (graph, status, stderr))
        self.graph = graph


def run(program, graphs):
    """graphs: (name, nodes, backward); an Answer for each."""
    text = "".join(graph_text(*g) for g in graphs)
    done = subprocess.run([program], input=text.encode(), capture_output=True,
                          check=False)
    reader, answers = Reader(done.stdout), []
    for _, nodes, _ in graphs:
        try:
            answers.append(reader.answer(nodes))
        except struct.error:
            break
    if done.returncode or len(answers) < len(graphs):
        raise Crash(len(answers), done.returncode, done.stderr.decode()[-2000:])
    return answers


def rows(program):
    """Operation -> how it is written in C."""
    lines = subprocess.run([program, "--rows"], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    return dict(line.split("\t") for line in lines)
