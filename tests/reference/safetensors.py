#!/usr/bin/python3
"""safetensors in forty lines of json and struct, independent of the book.

    safetensors.py read FILE     is FILE what test_safetensors.c has saved?
    safetensors.py write FILE    write a file as the format's library does
    safetensors.py types FILE    write one with a tensor of every type
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
    write_parts(path, [
        ("größe", "F32", [2, 3], struct.pack("<6f", *[i / 2 for i in range(6)])),
        ("count", "I32", [], struct.pack("<i", -7)),
        ("empty", "F32", [0, 3], b""),
        ("bytes", "U8", [3], bytes([0, 128, 255]))])


# struct packs halves; the upper half of a float is a bfloat16. NaN is written
# by hand, since a half keeps its bits and a float made of it may not.
def types(path):
    def bf16(*values):
        return b"".join(struct.pack("<f", v)[2:] for v in values)
    halves = [0.0, -0.0, 1, -2.5, 65504, 2**-14, 2**-24, -1023 * 2**-24,
              float("inf"), -float("inf"), 1 / 3]
    write_parts(path, [
        ("f64", "F64", [2], struct.pack("<2d", 0.1, -3)),
        ("i64", "I64", [3], struct.pack("<3q", -2**31, 2**31 - 1, 7)),
        ("i64 large", "I64", [2], struct.pack("<2q", 1, 2**31)),
        ("i64 small", "I64", [1], struct.pack("<q", -2**31 - 1)),
        ("u64", "U64", [2], struct.pack("<2Q", 0, 5)),
        ("u64 large", "U64", [1], struct.pack("<Q", 2**64 - 1)),
        ("c64", "C64", [1], struct.pack("<2f", 1, 2)),
        ("f32", "F32", [2], struct.pack("<2f", 0.1, 2)),
        ("i32", "I32", [1], struct.pack("<i", -7)),
        ("u32", "U32", [2], struct.pack("<2I", 0, 2**31 - 1)),
        ("u32 large", "U32", [1], struct.pack("<I", 2**31)),
        ("f16", "F16", [len(halves)], struct.pack("<%de" % len(halves), *halves)),
        ("f16 nan", "F16", [2], b"\x00\x7e\x01\xfc"),
        ("bf16", "BF16", [2, 2], bf16(1, -0.15625, 2.0**100, float("inf"))),
        ("bf16 nan", "BF16", [1], b"\xc0\x7f"),
        ("i16", "I16", [3], struct.pack("<3h", -2**15, 2**15 - 1, 0)),
        ("u16", "U16", [2], struct.pack("<2H", 0, 2**16 - 1)),
        ("many", "I16", [5000], struct.pack("<5000h", *range(5000))),
        ("bool", "BOOL", [2], struct.pack("<2?", True, False)),
        ("u8", "U8", [1], b"\xff"), ("i8", "I8", [1], b"\xff"),
        ("f8", "F8_E4M3", [5], bytes(range(5))),
        ("f8 too", "F8_E5M2", [0], b""),
    ])


def write_parts(path, parts):
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


{"read": check, "write": write, "types": types}[sys.argv[1]](sys.argv[2])
