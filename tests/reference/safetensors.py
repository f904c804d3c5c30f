#!/usr/bin/python3
"""safetensors in forty lines of json and struct, independent of the book.

    safetensors.py read FILE     is FILE what test_safetensors.c has saved?
    safetensors.py write FILE    write a file as the format's library does
"""
import json
import struct
import sys


def read(path):
    data = open(path, "rb").read()
    (n,) = struct.unpack("<Q", data[:8])
    assert n % 8 == 0 and n <= 100_000_000
    text = data[8:8 + n].decode()
    assert text[0] == "{" and text.rstrip(" ")[-1] == "}"

    def unique(pairs):
        assert len(dict(pairs)) == len(pairs), "a name comes twice"
        return dict(pairs)

    header = json.loads(text, object_pairs_hook=unique)
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(v, str) for v in metadata.values())
    at, tensors = 0, {}
    for name, m in sorted(header.items(), key=lambda i: i[1]["data_offsets"]):
        begin, end = m["data_offsets"]
        code = {"F32": "f", "F64": "d", "I32": "i", "U8": "B", "I8": "b"}[m["dtype"]]
        count = 1
        for size in m["shape"]:
            count *= size
        assert begin == at and end - begin == count * struct.calcsize(code)
        assert (8 + n + begin) % struct.calcsize(code) == 0, "not aligned"
        tensors[name] = (m["shape"], list(struct.unpack(
            "<%d%s" % (count, code), data[8 + n + begin:8 + n + end])))
        at = end
    assert at == len(data) - 8 - n
    return metadata, tensors, data, n


def checksum(data):
    h = 0xcbf29ce484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001b3 % 2**64
    return "%016x" % h


def check(path):
    metadata, tensors, data, n = read(path)
    digits = metadata.pop("fnv1a64")
    at = data.index(digits.encode())
    assert digits == checksum(data[:at] + b"0" * 16 + data[at + 16:])
    assert metadata == {"note": "\"quoted\" \\ \t ä", "step": "12345678901234567890"}
    shape, values = tensors["0.weight"]
    assert shape == [2, 2] and values[:2] == [1, -2] and abs(values[2] - 0.1) < 1e-7
    assert tensors["steps"] == ([3], [7, 8, -2**31])
    assert tensors["bytes"] == ([5], [0, 1, 2, 3, 4])


def write(path):
    parts = [("größe", "F32", [2, 3], struct.pack("<6f", *[i / 2 for i in range(6)])),
             ("count", "I32", [], struct.pack("<i", -7)),
             ("empty", "F32", [0, 3], b""),
             ("bytes", "U8", [3], bytes([0, 128, 255]))]
    header, at = {"__metadata__": {"format": "pt", "ä\n": "\"𝄞\""}}, 0
    for name, dtype, shape, data in parts:
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        f.write(b"".join(p[3] for p in parts))


{"read": check, "write": write}[sys.argv[1]](sys.argv[2])
