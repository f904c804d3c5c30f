#!/usr/bin/python3
"""What is in safetensors files, read without the library.

    filebytes.py FILE...

For each file: tensors, numbers and bytes of each type, and what the header
takes. Fails if the bytes of the tensors are not those of their shapes, if
they overlap or leave gaps, or if they are not all of the file.
"""
import json
import math
import os
import struct
import sys

SIZE = {"F64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I8": 1, "U8": 1}


def look_into(path):
    with open(path, "rb") as f:
        length, = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(length))
    header.pop("__metadata__", None)
    end, kinds = 0, {}
    for name, t in sorted(header.items(), key=lambda i: i[1]["data_offsets"]):
        start, stop = t["data_offsets"]
        n = math.prod(t["shape"])
        if start != end or stop - start != n * SIZE[t["dtype"]]:
            sys.exit("%s: %s: bytes %d to %d of %s %s" % (path, name, start, stop,
                                                           t["dtype"], t["shape"]))
        end = stop
        kind = kinds.setdefault(t["dtype"], [0, 0, 0])
        for i, more in enumerate((1, n, stop - start)):
            kind[i] += more
    size = os.path.getsize(path)
    if 8 + length + end != size:
        sys.exit("%s: %d bytes, and the header tells of %d" % (path, size, 8 + length + end))
    print("%s  %d bytes, %d of them the header" % (os.path.basename(path), size, 8 + length))
    for dtype in sorted(kinds):
        print("  %-5s%4d tensors %10d numbers %10d bytes" % (dtype, *kinds[dtype]))


for file in sys.argv[1:] or sys.exit(__doc__):
    look_into(file)
