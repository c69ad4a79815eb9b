#!/usr/bin/env python3
"""An independent reader of Registry.pol, the judge of test_pol.

Prints one line for each file named on standard input (NUL-separated): the number of
records that stand before the first fault, "whole" or "broken", and the file.
"""
import struct
import sys


class Broken(Exception):
    pass


def records(data):
    """Yield (key, name, type, data); raise Broken at the first fault."""
    at = 8
    if data and data[:8] != b"PReg\1\0\0\0":
        raise Broken

    def take(size):
        nonlocal at
        if at + size > len(data):
            raise Broken
        at += size
        return data[at - size:at]

    def expect(unit):
        if take(2) != unit.encode("utf-16le"):
            raise Broken

    def text():
        units = []
        while (unit := take(2)) != b"\0\0":
            units.append(unit)
        if data[at:at + 2] == b"\0\0":
            take(2)
        return b"".join(units)

    while at < len(data):
        expect("[")
        key = text()
        expect(";")
        name = text()
        expect(";")
        (kind,) = struct.unpack("<I", take(4))
        expect(";")
        (size,) = struct.unpack("<I", take(4))
        expect(";")
        value = take(size)
        expect("]")
        yield key, name, kind, value


for path in filter(None, sys.stdin.buffer.read().split(b"\0")):
    with open(path, "rb") as file:
        content = file.read()
    count, state = 0, "whole"
    try:
        for _ in records(content):
            count += 1
    except Broken:
        state = "broken"
    sys.stdout.buffer.write(b"%d %s %s\n" % (count, state.encode(), path))
