#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""fs-format.py READER ORIEL: judge, as TAP, how fs_reader, and oriel fs, which has the kernel's code, read lower files that are made here from
Documentation/reference/orielfs-format.md."""
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

READER, ORIEL = sys.argv[1:]
BLOCK, FRONT, MARK, MOST = 4096, 12288, 1451, 2**63 - 1
HOLE, UNWRITTEN, DATA = range(3)
COLLAPSE, INSERT, MAP, PUNCH, RESIZE, CONVERT = range(1, 7)
NO_PLACE, SET_ASIDE = 2**64 - 1, 2**63
IDENTITY = bytes(range(1, 17))
CUT, DAMAGED, FAILED, PLAIN, UNFINISHED = range(5)
AREAS, LOG, END, SIZE = (12288, 16384), 20480, 40960, 42411

tests = failures = 0
folder = tempfile.TemporaryDirectory()
lower = pathlib.Path(folder.name) / "lower"
everything = pathlib.Path(folder.name) / "everything"
everything.mkdir()
read_before = []  # of each file in there: the reader's status, and what it gave
resized = set()  # of these: plain ones by the form, that begin as cut ones


def test(text, got, expected):
    global tests, failures
    tests += 1
    passed = got == expected
    failures += not passed
    print(f"{'ok' if passed else 'not ok'} {tests} - {text}")
    if not passed:
        print(f"# got:      {str(got)[:300]}\n# expected: {str(expected)[:300]}")


def make_table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


TABLE = tuple(make_table())


def checksum(data, salt=b""):
    value = 0xFFFFFFFF
    for byte in salt + data:
        value = value >> 8 ^ TABLE[(value ^ byte) & 255]
    return value ^ 0xFFFFFFFF


def fields(form, defaults, changed):
    """A structure, of which a test names the fields that it wants otherwise."""
    unknown = changed.keys() - defaults.keys()
    assert not unknown, unknown
    return struct.pack(form, *(defaults | changed).values())


def block(begin, salt=b"", rest=b""):
    """Filled up with zeros behind `rest`, and sealed."""
    data = (begin + rest).ljust(BLOCK - 4, b"\0")
    return data + struct.pack("<I", checksum(data, salt))


def header(rest=b"", **changed):
    return block(fields("<8sII16s", {"magic": b"\x89Horiel\n", "version": 1, "features": 1 << 31, "identity": IDENTITY}, changed), rest=rest)


def packed(extents):
    return b"".join(struct.pack("<QQ", *extent) for extent in extents)


def place(kind, physical):
    return {HOLE: NO_PLACE, UNWRITTEN: SET_ASIDE | physical, DATA: physical}[kind]


def root(extents, rest=b"", salt=IDENTITY, **changed):
    defaults = {"magic": b"\x89Roriel\n", "sequence": 1, "size": sum(length for length, _ in extents) & MOST, "end": END,
                "area0": AREAS[0], "bytes0": BLOCK, "area1": AREAS[1], "bytes1": BLOCK, "count": len(extents),
                "map": checksum(packed(extents), IDENTITY), "log": LOG, "slots": 64, "first_slot": 0, "first_record": 1}
    return block(fields("<8s7QIIQIIQ", defaults, changed), salt, rest)


def record(operation, salt=IDENTITY, **changed):
    defaults = {"operation": operation, "kind": 0, "zeros": 0, "sequence": 1, "offset": 0, "length": 0, "physical": 0, "size": 180, "end": END,
                "behind": 0}
    body = fields("<BBH7Q", defaults, changed)
    return struct.pack("<I", checksum(body, salt)) + body


def intent(size, where, copied, rest=b"", **changed):
    defaults = {"magic": b"\x89Ioriel\n", "version": 1, "features": 1 << 31, "old_size": size, "copy": where, "bytes": len(copied),
                "checksum": checksum(copied)}
    return block(fields("<8sIIQQII", defaults, changed), rest=rest)


def stuff(size, seed=0):
    return random.Random(seed).randbytes(size)


EXAMPLE = [(100, 24576), (50, NO_PLACE), (30, SET_ASIDE | 24776)]
COLLAPSED = record(COLLAPSE, offset=10, length=20, size=160)


def example(*parts, size=SIZE):
    """The document's example without its record, and then each (offset, bytes) of the parts over it."""
    image = bytearray(stuff(size))
    image[LOG:LOG + 4096] = bytes(4096)
    for offset, data in ((0, header()), (BLOCK, bytes(BLOCK)), (2 * BLOCK, root(EXAMPLE)), (AREAS[1], packed(EXAMPLE)), *parts):
        image[offset:offset + len(data)] = data
    return bytes(image)


def read(image, *options):
    if image is not None:
        lower.write_bytes(image)
    got = subprocess.run([READER, *options, lower], capture_output=True, timeout=300)
    if image is not None:
        (everything / str(len(read_before))).write_bytes(image)
        read_before.append((got.returncode, None if options else got.stdout))
    return got


def reads(text, image, content, status=CUT):
    got = read(image)
    test(text, (got.returncode, got.stdout, got.stderr), (status, content, b""))


def refused(text, image, reason):
    got = read(image)
    test(f"refused: {text}", (got.returncode, got.stdout, got.stderr.decode().partition(": ")[2]), (DAMAGED, b"", f"{lower}: {reason}\n"))


def records(*list_of_records, first=0):
    """The records in the ring from a slot on."""
    return [(LOG + (first + i) % 64 * 64, data) for i, data in enumerate(list_of_records)]


def the_example():
    was = example()[24576:24676] + bytes(80)
    test("CRC-32C is that of the document", hex(checksum(b"123456789")), "0xe3069283")
    for text, data, expected in (("header", header()[-4:], 0x1FD85EC9), ("root 1", root(EXAMPLE)[-4:], 0x7144D1D8),
                                 ("record 1", COLLAPSED[:4], 0xC3F27141)):
        test(f"the example's checksum of its {text}", hex(struct.unpack("<I", data)[0]), hex(expected))
    test("the example's checksum of its packed map", hex(checksum(packed(EXAMPLE), IDENTITY)), "0xdf9d29a9")
    reads("the example at its checkpoint", example(), was)
    reads("the example", example(*records(COLLAPSED)), was[:10] + was[30:])
    test("the map of the example", read(None, "--map").stdout.decode(), "0 10 data 24576\n10 70 data 24606\n80 50 hole\n130 30 unwritten 24776\n")


def which_files():
    for text, size in (("empty", 0), ("as large as the mark", MARK), ("smaller than the front", 2 * BLOCK + MARK), ("of another size", SIZE + 1)):
        image = example(size=max(size, SIZE + 1))[:size]
        if size > MARK:
            resized.add(len(read_before))
        reads(f"a file that is {text} is plain", image, image, PLAIN)
    for size in (3 * BLOCK + MARK, SIZE):
        reads(f"a file of {size} bytes without a front is plain", stuff(size), stuff(size), PLAIN)
    test("the map of a plain file", read(None, "--map").stdout, b"0 42411 data 0\n")
    plain = header()[:7] + b"?" + example()[8:]
    reads("a file whose magic number is another is plain", plain, plain, PLAIN)
    refused("a header alone", header() + stuff(SIZE - BLOCK), "neither a front nor an intent")
    refused("a magic number alone", header()[:8] + stuff(SIZE - 8), "neither a front nor an intent")


def headers():
    for offset in (8, 15, 16, 31, 32, 4091, 4092, 4095):
        image = bytearray(example())
        image[offset] ^= 1
        refused(f"a header with byte {offset} changed", bytes(image), "neither a front nor an intent")
    for text, reason, data in (("another version", "not supported: version", header(version=2)),
                               ("version 0", "not supported: version", header(version=0)),
                               ("an unknown feature", "not supported: features", header(features=1 << 31 | 1)),
                               ("no bit 31", "features without bit 31", header(features=0)),
                               ("a byte behind the fields", "a header's bytes that must be zero", header(rest=b"x")),
                               ("a byte at its end", "a header's bytes that must be zero", header(rest=bytes(4059) + b"x"))):
        refused(f"a whole header with {text}", example((0, data)), reason)
    refused("a header of another file", example((0, header(identity=bytes(16)))), "neither a front nor an intent")


def roots():
    was = example()[24576:24676] + bytes(80)
    newer = [(5, 24576)]  # its map lies in area 0
    both = [(BLOCK, root(newer, sequence=2)), (AREAS[0], packed(newer))]
    reads("the root with the higher number counts", example(*both), was[:5])
    reads("also when it is the odd one", example((BLOCK, root(newer, sequence=2)), (AREAS[0], packed(newer)), (2 * BLOCK, root(EXAMPLE, sequence=3))),
          was)
    reads("of a root that does not count no more is looked at", example(*both, (2 * BLOCK, root(EXAMPLE, rest=b"x", map=0))), was[:5])
    most = [(1, NO_PLACE)] * 256
    reads("a root with every field at its bound", example((2 * BLOCK, root(most, sequence=MOST, end=LOG + BLOCK, first_slot=63, first_record=MOST)),
                                                          (AREAS[1], packed(most))), bytes(256))
    reads("a physical end that is the file's", example((2 * BLOCK, root(EXAMPLE, end=SIZE))), was)
    refused("a whole newer root whose map is not", example((BLOCK, root(newer, sequence=2))), "the map's checksum")
    for text, changed in (
            ("number 0", {"sequence": 0}), ("a number of the other block", {"sequence": 3}), ("a number of 2^63", {"sequence": 2**63}),
            ("a logical size of 2^63", {"size": 2**63}), ("a physical end behind the file", {"end": SIZE + 1}),
            ("an area in the front", {"area0": 8192}), ("an area beside a block", {"area1": AREAS[1] + 512}), ("an empty area", {"bytes0": 0}),
            ("an area of half a block", {"bytes1": 2048}), ("an area behind the end", {"area0": 40960}), ("an area beyond the end", {"bytes0": 32768}),
            ("an area that wraps", {"bytes0": 2**64 - 4096}), ("a log that wraps", {"log": 2**64 - 4096}),
            ("131073 extents", {"count": 131073}), ("more extents than the area holds", {"count": 257}),
            ("a log in the front", {"log": 4096}), ("a log beside a block", {"log": LOG + 64}), ("a log behind the end", {"log": 40960}),
            ("no slots", {"slots": 0}), ("65 slots", {"slots": 65}), ("65600 slots", {"slots": 65600}), ("a first slot behind the last", {"first_slot": 64}),
            ("first record 0", {"first_record": 0}), ("first record 2^63", {"first_record": 2**63}), ("another magic number", {"magic": b"\x89Rorie1\n"}),
            ("another file's identity", {"salt": bytes(16)})):
        counted = {"sequence": 2} | changed
        reads(f"a root with {text} counts as none", example((BLOCK, root(newer, **counted)), (AREAS[0], packed(newer))), was)
        if "sequence" not in changed:
            refused(f"{text} in the only root", example((2 * BLOCK, root(EXAMPLE, **changed))), "neither a front nor an intent")
    for offset in (0, 8, 95, 96, 4091, 4095):
        image = bytearray(example(*both))
        image[BLOCK + offset] ^= 128
        reads(f"a root with byte {offset} changed counts as none", bytes(image), was)
    for text, rest in (("behind the fields", b"x"), ("at its end", bytes(3995) + b"x")):
        refused(f"a whole root with a byte {text}", example((BLOCK, root(newer, sequence=2, rest=rest)), (AREAS[0], packed(newer))),
                "a root's bytes that must be zero")
    for text, changed in (("areas", {"area0": AREAS[1]}), ("an area and the log", {"area1": LOG}), ("areas in part", {"bytes0": 8192})):
        changed = {"log": 24576} | changed if text == "areas in part" else changed
        refused(f"{text} that overlap", example((2 * BLOCK, root(EXAMPLE, **changed))), "areas and a log that overlap")


def maps():
    def with_map(*extents, **changed):
        return example((2 * BLOCK, root(extents, **changed)), (AREAS[1], packed(extents)))

    reads("a file of no bytes", with_map(), b"")
    reads("neighbours that go on from each other", with_map((3, 24576), (4, 24579)), example()[24576:24583])
    test("are one in the map", read(None, "--map").stdout, b"0 7 data 24576\n")
    reads("data that ends where the physical bytes do", with_map((1, END - 1)), example()[END - 1:END])
    image = bytearray(example())
    image[AREAS[1] + 40] ^= 1
    refused("a map with a byte changed", bytes(image), "the map's checksum")
    where = "an extent where it must not be"
    for text, reason, extents in (("no length", "an extent of no length", [(0, 24576)]), ("no length, a hole", "an extent of no length", [(0, NO_PLACE)]),
                                  ("data in the front", where, [(1, FRONT - 1)]), ("data at 0", where, [(1, 0)]), ("data in an area", where, [(1, AREAS[0])]),
                                  ("data that reaches into an area", where, [(FRONT, 100)]), ("data in the other area", where, [(1, AREAS[1] + 4095)]),
                                  ("data in the log", where, [(1, LOG + 4095)]), ("data across the end", where, [(2, END - 1)]),
                                  ("data behind the end", where, [(1, END)]), ("unwritten bytes across the end", where, [(2, SET_ASIDE | END - 1)]),
                                  ("data far away", where, [(1, MOST)]), ("data twice", where, [(1, 24576), (1, 24576)]),
                                  ("data in part twice", where, [(10, 24576), (5, NO_PLACE), (10, SET_ASIDE | 24585)]),
                                  ("data around data", where, [(1, 24580), (10, 24576)])):
        refused(f"a map with {text}", with_map(*extents), reason)
    refused("extents of less than the size", with_map((5, 24576), size=6), "extents of another length than the file")
    refused("extents of more than the size", with_map((5, 24576), size=4), "extents of another length than the file")
    refused("extents of more than any size", with_map((MOST, NO_PLACE), (1, NO_PLACE), size=0), "extents longer than the file")
    refused("a hole of 2^64 - 1", with_map((2**64 - 1, NO_PLACE), size=0), "extents longer than the file")
    test("the largest file has a map", read(with_map((MOST, NO_PLACE)), "--map").stdout.decode(), f"0 {MOST} hole\n")


def logs():
    image = example()
    was, new = image[24576:24676] + bytes(80), image[30000:30060]

    def step(text, expected, *list_of_records):
        reads(text, example(*records(*list_of_records)), expected)

    step("collapse", was[20:], record(COLLAPSE, length=20, size=160))
    step("insert", was[:99] + bytes(7) + was[99:], record(INSERT, offset=99, length=7, size=187))
    step("map data", was[:50] + new + was[110:], record(MAP, kind=DATA, offset=50, length=60, physical=30000))
    step("map behind the end", was[:170] + new, record(MAP, kind=DATA, offset=170, length=60, physical=30000, size=230))
    step("map at the end", was + new, record(MAP, kind=DATA, offset=180, length=60, physical=30000, size=240))
    step("map a hole", bytes(60) + was[60:], record(MAP, kind=HOLE, length=60))
    step("map unwritten bytes", bytes(60) + was[60:], record(MAP, kind=UNWRITTEN, length=60, physical=30000))
    step("punch", was[:10] + bytes(170), record(PUNCH, offset=10, length=170))
    step("resize to less", was[:10], record(RESIZE, offset=10, size=10))
    step("resize to nothing", b"", record(RESIZE, size=0))
    step("resize to more", was + bytes(10), record(RESIZE, offset=190, size=190))
    step("resize to the same", was, record(RESIZE, offset=180))
    step("convert to data", was[:150] + image[24776:24806], record(CONVERT, kind=DATA, offset=150, length=30))
    step("convert to unwritten", was[:10] + bytes(20) + was[30:], record(CONVERT, kind=UNWRITTEN, offset=10, length=20))
    step("convert what it is", was, record(CONVERT, kind=DATA, length=1))
    step("convert neighbours that go on from each other", was[:150] + bytes(5) + image[24781:24796] + bytes(10),
         record(CONVERT, kind=DATA, offset=160, length=10),
         record(CONVERT, kind=DATA, offset=150, length=10, sequence=2),
         record(CONVERT, kind=DATA, offset=150, length=20, sequence=3), record(CONVERT, kind=UNWRITTEN, offset=150, length=5, sequence=4))
    step("bytes that were freed are used again", was[100:] + was[:100], record(COLLAPSE, length=100, size=80),
         record(MAP, kind=DATA, sequence=2, offset=80, length=100, physical=24576))
    step("bytes of a physical end that grew are used", was + image[END:END + 9],
         record(MAP, kind=DATA, offset=180, length=9, physical=END, size=189, end=END + 9))
    reads("a log that wraps around its ring", example((2 * BLOCK, root(EXAMPLE, first_slot=63, first_record=9)),
                                                      *records(record(RESIZE, offset=7, size=7, sequence=9), record(PUNCH, sequence=10, length=2, size=7),
                                                               first=63)), bytes(2) + was[2:7])
    full = [record(INSERT, sequence=i + 1, length=1, size=181 + i) for i in range(64)]
    step("a full ring is read once", bytes(64) + was, *full)
    step("a record of another sequence ends the log", was[20:], record(COLLAPSE, length=20, size=160), record(COLLAPSE, length=20, size=140, sequence=3))
    step("a record of another file ends the log", was, record(COLLAPSE, length=20, size=160, salt=bytes(16)))
    for offset in (0, 4, 7, 8, 63):
        torn = bytearray(record(COLLAPSE, length=20, size=160))
        torn[offset] ^= 1
        step(f"a record with byte {offset} changed ends the log", was, bytes(torn), record(COLLAPSE, length=20, size=160, sequence=2))


def bad_records():
    def bad(text, *list_of_records, reason="a record that cannot be carried out"):
        refused(f"{text}", example(*records(*list_of_records)), reason)

    zeros = "a record's bytes that must be zero"
    bad("a record with a byte between its fields", record(PUNCH, length=1, zeros=1), reason=zeros)
    bad("a record with a byte behind its fields", record(PUNCH, length=1, behind=1 << 63), reason=zeros)
    bad("a record of another size", record(PUNCH, length=1, size=179), reason="a record that leaves another size")
    bad("a record behind one that is whole", record(PUNCH, length=1), record(COLLAPSE, length=1, sequence=2), reason="a record that leaves another size")
    bad("operation 0", record(0, length=1))
    bad("operation 7", record(7, length=1))
    bad("a physical end that went down", record(PUNCH, length=1, end=END - 1))
    bad("a physical end behind the file", record(PUNCH, length=1, end=SIZE + 1))
    for name, operation, size in (("collapse", COLLAPSE, 0), ("insert", INSERT, 1), ("punch", PUNCH, 0), ("resize", RESIZE, 0)):
        usual = {"length": 0 if operation == RESIZE else 1, "offset": 180 if operation == RESIZE else 0}
        bad(f"{name} with a kind", record(operation, **usual, kind=1))
        bad(f"{name} with a physical offset", record(operation, **usual, physical=30000))
        bad(f"{name} with{'' if operation == RESIZE else 'out'} a length", record(operation, **usual | {"length": int(operation == RESIZE)}))
    bad("collapse to the end", record(COLLAPSE, offset=100, length=80, size=100))
    bad("collapse across the end", record(COLLAPSE, offset=100, length=81, size=100))
    bad("collapse that wraps", record(COLLAPSE, offset=100, length=2**64 - 50, size=100))
    bad("insert at the end", record(INSERT, offset=180, length=1, size=181))
    bad("insert of more than a file may have", record(INSERT, length=MOST - 179, size=2**63))
    bad("insert of 2^64 - 1", record(INSERT, length=2**64 - 1, size=179))
    bad("map of kind 3", record(MAP, kind=3, length=1, physical=30000))
    bad("map of nothing", record(MAP, kind=DATA, physical=30000))
    bad("map behind the end", record(MAP, kind=DATA, offset=181, length=1, physical=30000, size=182))
    bad("map beyond any file", record(MAP, kind=HOLE, offset=180, length=MOST, size=179 + 2**63))
    bad("map of a hole with a physical offset", record(MAP, kind=HOLE, length=1, physical=30000))
    for text, physical in (("in the front", 5), ("in an area", AREAS[0]), ("in the log", LOG), ("in use", 24675), ("set aside", 24776), ("at the end", END),
                           ("far away", MOST), ("nowhere", 2**64 - 1)):
        for kind in (UNWRITTEN, DATA):
            bad(f"map of kind {kind} {text}", record(MAP, kind=kind, length=1, physical=physical))
    bad("map of bytes to where they are", record(MAP, kind=DATA, length=100, physical=24576))
    bad("map across the physical end", record(MAP, kind=DATA, length=2, physical=END - 1))
    bad("map of bytes that are mapped since", record(MAP, kind=DATA, length=2, physical=30000), record(MAP, kind=DATA, sequence=2, offset=9, length=2, physical=30001))
    bad("punch across the end", record(PUNCH, offset=100, length=81))
    bad("punch behind the end", record(PUNCH, offset=181, length=1))
    bad("resize beyond any file", record(RESIZE, offset=2**63, size=2**63))
    bad("convert to a hole", record(CONVERT, kind=HOLE, length=1))
    bad("convert to kind 3", record(CONVERT, kind=3, length=1))
    bad("convert of nothing", record(CONVERT, kind=DATA))
    bad("convert with a physical offset", record(CONVERT, kind=DATA, length=1, physical=24576))
    bad("convert of a hole", record(CONVERT, kind=DATA, offset=100, length=1))
    bad("convert across extents", record(CONVERT, kind=DATA, offset=99, length=2))
    bad("convert across the end", record(CONVERT, kind=DATA, offset=150, length=31))
    bad("convert of neighbours of two kinds", record(CONVERT, kind=DATA, offset=150, length=10), record(CONVERT, kind=DATA, sequence=2, offset=150, length=20))


def intents():
    place_of = SIZE - MARK - BLOCK

    def unfinished(size, where=16384, front=b"", rest=b"", **changed):
        old = stuff(size, 1)
        copied = old[:FRONT]
        image = bytearray(stuff(SIZE))
        image[:len(old)] = old
        image[where:where + len(copied)] = copied
        image[:len(front)] = front
        image[place_of:place_of + BLOCK] = intent(size, where, copied, rest, **changed)
        return bytes(image), old

    for old_size in (0, 1, FRONT - 1, FRONT, FRONT + 1, 16384):
        for text, front in (("untouched", b""), ("torn", stuff(FRONT, 2)), ("without a root", header() + stuff(2 * BLOCK, 3))):
            image, old = unfinished(old_size, front=front)
            reads(f"an unfinished first cut of {old_size} bytes, the front {text}", image, old, UNFINISHED)
    test("the map of an unfinished first cut", read(None, "--map").stdout, b"0 12288 data 16384\n12288 4096 data 12288\n")
    image, _ = unfinished(FRONT, where=place_of - FRONT)
    test("a copy up to the intent", read(image).returncode, UNFINISHED)
    intent_too = example((place_of, intent(0, 16384, b"")))
    reads("a front that is whole counts more than an intent", intent_too, intent_too[24576:24676] + bytes(80))
    image, _ = unfinished(5)
    torn = bytearray(image)
    torn[place_of + 100] ^= 1
    reads("a plain file with an intent that is not whole", bytes(torn), bytes(torn), PLAIN)
    torn[:8] = header()[:8]
    refused("an intent that is not whole behind a header's magic number", bytes(torn), "neither a front nor an intent")
    bounds, zeros = "an intent out of its bounds", "an intent's bytes that must be zero"
    for text, reason, old_size, changed in (
            ("another version", "not supported: version", 5, {"version": 2}), ("an unknown feature", "not supported: features", 5, {"features": 3 << 30}),
            ("no bit 31", "features without bit 31", 5, {"features": 0}), ("a byte behind its fields", zeros, 5, {"rest": b"x"}),
            ("a byte at its end", zeros, 5, {"rest": bytes(4051) + b"x"}), ("a copy in the front", bounds, 5, {"copy": 8192}),
            ("a copy beside a block", bounds, 5, {"copy": 16385}), ("a copy in the old file", bounds, 16384, {"copy": 12288}),
            ("a copy behind it", bounds, 5, {"copy": 40960}), ("a copy across it", bounds, FRONT, {"copy": 28672}), ("a copy far away", bounds, 5, {"copy": 2**64 - 4096}),
            ("less copied", bounds, 5, {"bytes": 4}), ("more copied", bounds, 5, {"bytes": 6}), ("more than the front copied", bounds, 16384, {"bytes": 16384}),
            ("an old size behind the copy", bounds, FRONT, {"old_size": 16385}), ("an old size of 2^64 - 1", bounds, FRONT, {"old_size": 2**64 - 1})):
        image, _ = unfinished(old_size, **changed)
        refused(f"an intent with {text}", image, reason)
    for old_size in (1, FRONT, 16384):
        image, old = unfinished(old_size)
        torn = bytearray(image)
        torn[16384] ^= 1
        reads(f"an unfinished first cut of {old_size} bytes whose copy is not there yet", bytes(torn), old, UNFINISHED)
        torn[0] ^= 1
        refused(f"a first cut of {old_size} bytes of which neither copy nor front has the checksum", bytes(torn), "the copy's checksum")
    smallest = bytearray(stuff(3 * BLOCK + MARK))
    smallest[2 * BLOCK:3 * BLOCK] = intent(0, FRONT, b"")
    refused("an intent in the front", bytes(smallest), bounds)


class History:
    """A random file, byte by byte in the plainest way, whose changes become records."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.bytes = []  # of the file: (kind, physical)
        self.free = set(range(24576, 24576 + 600))
        self.physical = self.random.randbytes(SIZE)
        self.record_fields = []

    def free_run(self):
        begin = self.random.choice(sorted(self.free))
        end = begin
        while end in self.free and end < begin + 40:
            end += 1
        return begin, self.random.randint(1, end - begin)

    def put(self, begin, end, pieces):
        self.free.update(physical for kind, physical in self.bytes[begin:end] if kind != HOLE)
        self.bytes[begin:end] = pieces
        self.free.difference_update(physical for kind, physical in pieces if kind != HOLE)

    def step(self):
        size = len(self.bytes)
        operation = self.random.choice([COLLAPSE, INSERT, MAP, MAP, MAP, PUNCH, RESIZE, CONVERT, CONVERT])
        begin, length = self.random.randint(0, size), self.random.randint(1, 40)
        end, kind, physical, change = min(size, begin + length), 0, 0, None
        if operation == COLLAPSE and begin + length < size:
            change = begin, end, []
        elif operation == INSERT and begin < size:
            change = begin, begin, [(HOLE, 0)] * length
        elif operation == MAP and self.free:
            kind = self.random.choice([HOLE, UNWRITTEN, DATA, DATA, DATA])
            physical, length = self.free_run()
            end = min(size, begin + length)
            physical = 0 if kind == HOLE else physical
            change = begin, end, [(kind, physical + i if kind else 0) for i in range(length)]
        elif operation == PUNCH and begin + length <= size:
            change = begin, end, [(HOLE, 0)] * length
        elif operation == RESIZE:
            begin, length = self.random.randint(0, size + 30), 0
            change = (begin, size, []) if begin < size else (size, size, [(HOLE, 0)] * (begin - size))
        elif operation == CONVERT and begin + length <= size:
            old, kind = self.bytes[begin:end], self.random.choice([UNWRITTEN, DATA])
            if old[0][0] != HOLE and all(piece == (old[0][0], old[0][1] + i) for i, piece in enumerate(old)):
                change = begin, end, [(kind, old[0][1] + i) for i in range(length)]
        if not change:
            return self.step()
        self.put(*change)
        self.record_fields.append((operation, {"kind": kind, "offset": begin, "length": length, "physical": physical, "size": len(self.bytes)}))

    def runs(self, split):
        """The extents: [length, kind, physical]; neighbours that go on from each other are now and then two if `split`."""
        runs = []
        for kind, physical in self.bytes:
            last = runs[-1] if runs else None
            if last and last[1] == kind and (kind == HOLE or last[2] + last[0] == physical) and not (split and self.random.random() < 0.02):
                last[0] += 1
            else:
                runs.append([1, kind, physical])
        return runs

    def content(self):
        return bytes(self.physical[physical] if kind == DATA else 0 for kind, physical in self.bytes)

    def map_text(self):
        offset, text = 0, ""
        for length, kind, physical in self.runs(split=False):
            text += f"{offset} {length} " + ("hole" if kind == HOLE else f"{('', 'unwritten', 'data')[kind]} {physical}") + "\n"
            offset += length
        return text

    def image(self, before, behind):
        """As it is after `before` records, a checkpoint, and `behind` more."""
        for _ in range(before):
            self.step()
        extents = [(length, place(kind, physical)) for length, kind, physical in self.runs(split=True)]
        number, first = before + 1, self.random.randrange(64)
        for _ in range(behind):
            self.step()
        ring = [record(operation, sequence=i + 1, **changed) for i, (operation, changed) in enumerate(self.record_fields)]
        counts = self.random.randint(1, 1000)
        image = bytearray(self.physical)
        image[:FRONT] = header() + bytes(2 * BLOCK)
        where = 2 * BLOCK if counts % 2 else BLOCK
        image[where:where + BLOCK] = root(extents, sequence=counts, first_slot=first, first_record=number)
        image[AREAS[counts % 2]:AREAS[counts % 2] + 16 * len(extents)] = packed(extents)
        image[LOG:LOG + 4096] = bytes(4096)
        # Older records stand where no newer one has overwritten them.
        for i, data in list(enumerate(ring))[-64:]:
            slot = LOG + (first + i - before) % 64 * 64
            image[slot:slot + 64] = data
        return bytes(image)


def histories():
    wrong = []
    for seed in range(100):
        history = History(seed)
        image = history.image(history.random.randint(0, 100), history.random.randint(0, 64))
        got = read(image)
        if (got.returncode, got.stdout) != (CUT, history.content()) or read(None, "--map").stdout.decode() != history.map_text():
            wrong.append((seed, got.returncode, got.stderr))
    test("100 random histories", wrong, [])


def mutated():
    """Bytes changed anywhere that counts: whatever is said, it is said, with no complaint of a sanitizer."""
    history, wrong = History(1000), []
    image = history.image(40, 30)
    for _ in range(300):
        changed = bytearray(image)
        for _ in range(history.random.randint(1, 3)):
            changed[history.random.choice((history.random.randrange(32), history.random.randrange(2 * BLOCK, 2 * BLOCK + 100),
                                           history.random.randrange(AREAS[0], LOG + BLOCK)))] = history.random.randrange(256)
        got = read(bytes(changed), "--map")
        if got.returncode not in (CUT, DAMAGED, PLAIN) or (got.returncode == DAMAGED) != (got.stderr.count(b"\n") == 1):
            wrong.append((got.returncode, got.stderr))
    test("300 images with bytes changed", wrong, [])


def forged():
    """Records and maps that are sealed well, and hold what they like: both readers must think the same of them."""
    chance = random.Random(2000)
    numbers = [0, 1, 2, 10, 30, 50, 80, 100, 130, 150, 180, 181, 24576, 24606, 24676, 24776, 24806, 30000, END - 1, END, SIZE, MOST, 2**63, 2**64 - 1]

    def some_record(sequence, size):
        operation = chance.randint(1, 6)
        changed = {"offset": chance.choice(numbers[:12]), "length": chance.choice(numbers[:12])}
        if operation == MAP:
            changed |= {"kind": chance.randrange(3), "physical": chance.choice(numbers[12:])}
        elif operation == CONVERT:
            changed |= {"kind": chance.randint(1, 2)}
        elif operation == RESIZE:
            changed["length"] = 0
        length, offset = changed["length"], changed["offset"]
        size = {COLLAPSE: size - length, INSERT: size + length, RESIZE: offset, MAP: max(size, offset + length)}.get(operation, size)
        if chance.random() < 0.1:
            changed[chance.choice(("kind", "zeros", "behind", "physical", "end"))] = chance.choice(numbers[:3])
        return record(operation, sequence=sequence, **{"size": size % 2**64} | changed), size

    statuses = set()
    for _ in range(400):
        size, ring = 180, []
        for sequence in range(1, chance.randint(2, 4)):
            sealed, size = some_record(sequence, size)
            ring.append(sealed)
        extents = EXAMPLE
        if chance.random() < 0.3:
            extents = [(chance.choice(numbers[1:8]), chance.choice(numbers[11:]) | chance.choice((0, 0, SET_ASIDE))) for _ in range(chance.randint(1, 4))]
        got = read(example((2 * BLOCK, root(extents)), (AREAS[1], packed(extents)), *records(*ring)))
        statuses.add(got.returncode)
    test("of 400 forged files some are read, and some refused", statuses, {CUT, DAMAGED})


def the_kernels_code():
    """What the one reader said of all the files above, the other says, too."""
    checked = subprocess.run([ORIEL, "--json", "fs", "check", everything], capture_output=True, timeout=600)
    states = {pathlib.Path(file["file"]).name: file["state"] for file in json.loads(checked.stdout)["files"]}
    status = {"cut": CUT, "unfinished": UNFINISHED, "damaged": DAMAGED, "unknown": DAMAGED, "plain": PLAIN}
    others = {i: states.get(str(i), "plain") for i in range(len(read_before))}
    test(f"oriel fs check says the same of {len(others)} files", [i for i, (said, _) in enumerate(read_before)
         if status[others[i]] != said and i not in resized], [])
    test("but calls those damaged that begin as cut ones and have another size", {others[i] for i in resized}, {"damaged"})
    test("and ends as fsck(8)", (checked.returncode, checked.stderr), (4 | 8, b""))
    for i, (said, content) in enumerate(read_before):
        if said not in (CUT, UNFINISHED) or content is None:
            (everything / str(i)).unlink()
    done = subprocess.run([ORIEL, "fs", "flatten", "-r", everything], capture_output=True, timeout=600)
    test("oriel fs flatten makes plain files of all that can be read", (done.returncode, done.stderr), (0, b""))
    wrong = [i for i, (_, content) in enumerate(read_before) if (everything / str(i)).exists() and (everything / str(i)).read_bytes() != content]
    test("which hold what they should", wrong, [])


def oriel(*arguments):
    got = subprocess.run([ORIEL, *arguments], capture_output=True, timeout=60, text=True)
    return got.returncode, got.stdout, got.stderr


def flattening():
    """What a file keeps, and which are refused."""
    cut = example(*records(COLLAPSED))
    content = cut[24576:24586] + cut[24606:24676] + bytes(80)
    home = pathlib.Path(folder.name) / "flat"
    (home / "below").mkdir(parents=True)
    file = home / "below" / "file"
    # An access control list: owner rw-, user 7 r--, group ---, mask rw-, others ---.
    entries = ((1, 6, 2**32 - 1), (2, 4, 7), (4, 0, 2**32 - 1), (16, 6, 2**32 - 1), (32, 0, 2**32 - 1))
    attributes = {"user.kept": b"value", "system.posix_acl_access": struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)}
    file.write_bytes(cut)
    for name, value in list(attributes.items()):
        try:
            os.setxattr(file, name, value)
        except OSError:
            del attributes[name]
    os.chmod(file, 0o4660)
    os.utime(file, ns=(1234567890123456789, 1234567891123456789))

    def facts():
        known = file.stat()
        return known.st_mode, known.st_uid, known.st_gid, known.st_mtime_ns, {name: os.getxattr(file, name) for name in os.listxattr(file)}

    before = facts()
    status, said, why = oriel("fs", "flatten", str(home))
    test("a directory needs -r", (status, said, "flatten -r" in why), (1, "", True))
    os.link(file, home / "other")
    test("a file with two names is refused", oriel("fs", "flatten", str(file))[:2], (1, ""))
    (home / "other").unlink()
    with file.open("rb"):
        status, said, why = oriel("fs", "flatten", str(file))
        test("a file that is open is refused", (status, "in use" in why), (1, True))
    test("and what is refused stays", (file.read_bytes() == cut, facts()), (True, before))
    test("else it becomes a plain one", oriel("fs", "flatten", "-r", str(home)), (0, f"{file}: 160 bytes\n", ""))
    test(f"with owner, mode, times and {len(attributes)} attributes", (file.read_bytes() == content, facts()), (True, before))
    test("nothing else is left there", sorted(path.name for path in home.rglob("*")), ["below", "file"])
    test("a plain file is left alone", oriel("fs", "flatten", str(file)), (0, "", ""))
    whole = [(BLOCK, 24576)]
    file.write_bytes(example((2 * BLOCK, root(whole)), (AREAS[1], packed(whole)), (24576, header())))
    test("bytes that begin as those of a cut one may become plain, if their number is none of theirs", oriel("fs", "flatten", str(file)), (0, f"{file}: 4,096 bytes\n", ""))
    test("no such file", oriel("fs", "flatten", str(home / "none"))[0], 1)


def commands():
    cut = example(*records(COLLAPSED))
    home = pathlib.Path(folder.name) / "commands"
    home.mkdir()
    file = home / "file"
    file.write_bytes(cut)
    name = str(file)
    status, said, _ = oriel("--json", "fs", "map", name)
    told = json.loads(said)
    test("map tells in JSON", (status, told["version"], told["state"], told["size"], told["lower_size"], told["checkpoint"], told["records"], told["extents"][3]),
         (0, 1, "cut", 160, SIZE, 1, 1, {"offset": 130, "length": 30, "kind": "unwritten", "physical": 24776}))
    test("and in lines", oriel("fs", "map", name)[1].splitlines()[2].split(), ["0", "10", "data", "24576"])
    picture = oriel("fs", "map", "--picture", name)[1].splitlines()[1]
    test("and in a picture", picture, "file  |" + "p" * 32 + "." * 20 + "-" * 12 + "|")
    status, said, _ = oriel("--json", "fs", "list-cut", str(home))
    test("list-cut finds it", (status, [(one["file"], one["extent_count"]) for one in json.loads(said)["files"]]), (0, [(name, 4)]))
    test("check passes it", oriel("fs", "check", name), (0, "1 cut file, 0 damaged or unknown\n", ""))
    test("check of what is not there", oriel("fs", "check", name + "-none")[0], 8)
    file.write_bytes(example((AREAS[1], b"damage")))
    test("check of what is damaged", oriel("fs", "check", name)[0], 4)
    test("map of what is damaged", oriel("fs", "map", name)[0], 1)
    file.write_bytes(bytes(1 << 20))
    for verb, moved in (("cut", (1 << 20) - 1024 - 10), ("insert", (1 << 20) - 10)):
        status, said, _ = oriel("--json", "fs", verb, "--from", "10", "--length", "1K", "--dry-run", name)
        told = json.loads(said)
        test(f"{verb} --dry-run tells what a native file system moves", (status, told["done"], told["moved_natively"]), (0, False, moved))
        test(f"{verb} is refused elsewhere than on orielfs", oriel("fs", verb, "--from", "10", "--to", "20", name)[:2], (4, ""))
        for text, words in (("no range", ["--from", "1"]), ("an empty range", ["--from", "5", "--to", "5"]), ("no number", ["--length", "1X"]),
                            ("a number too many", ["--length", "9999999T"]), ("both ends", ["--length", "5", "--to", "5"])):
            test(f"{verb} with {text}", oriel("fs", verb, *words, name)[0], 2)
    test("cut to the end", oriel("fs", "cut", "--dry-run", "--from", "1023K", "--to", "1M", name)[0], 1)
    test("insert at the end", oriel("fs", "insert", "--dry-run", "--from", "1M", "--length", "1", name)[0], 1)
    test("nothing was changed", file.read_bytes() == bytes(1 << 20), True)


def big(count, ring):
    """So many extents of 2 bytes, which do not go on from each other, and these records."""
    area = 16 * count + -16 * count % BLOCK
    slots = max(64, len(ring))
    data = FRONT + 2 * area + 64 * slots
    end = data + 4 * count
    extents = [(2, data + 4 * i) for i in range(count)]
    image = bytearray(end + BLOCK - end % BLOCK + MARK)
    image[:FRONT] = header() + bytes(BLOCK) + root(extents, end=end, area0=FRONT, bytes0=area, area1=FRONT + area, bytes1=area, log=FRONT + 2 * area,
                                                   slots=slots)
    image[FRONT + area:FRONT + area + 16 * count] = packed(extents)
    for i, (operation, changed) in enumerate(ring):
        physical = {"physical": data + 4 * i + 2} if operation == MAP else {}
        sealed = record(operation, sequence=i + 1, end=end, **{"size": 2 * count, "length": 1} | physical | changed)
        image[FRONT + 2 * area + 64 * i:FRONT + 2 * area + 64 * (i + 1)] = sealed
    return bytes(image)


def large():
    most = 131072
    same = big(most, [(PUNCH, {"length": 2}), (INSERT, {"size": 2 * most + 1})])
    got = read(same, "--map")
    test("131072 extents are read, and holes beside holes are one", (got.returncode, got.stderr, got.stdout.count(b"\n")), (CUT, b"", most))
    refused("a record that makes extents 131073", big(most, [(INSERT, {"size": 2 * most + 1})]), "a record that cannot be carried out")
    # In an order that nothing is prepared for.
    order = random.Random(7)
    got = read(big(65536, [(MAP, {"kind": UNWRITTEN, "offset": order.randrange(131072)}) for _ in range(65536)]), "--map")
    test("65536 records are carried out", (got.returncode, got.stderr, got.stdout.count(b"\n") > 100000), (CUT, b"", True))


def calls():
    def called(*arguments):
        return subprocess.run([READER, *arguments], capture_output=True, timeout=60).returncode

    other = lower.with_name("other")
    size = 1 << 30
    extents = [(size, NO_PLACE), (5, 24576), (1, SET_ASIDE | 24581), (3, 24582), (size, NO_PLACE)]
    lower.write_bytes(example((2 * BLOCK, root(extents)), (AREAS[1], packed(extents))))
    test("a file is written", called(lower, other), CUT)
    facts = other.stat()
    test("with its holes", (facts.st_size, facts.st_blocks < 100), (2 * size + 9, True))
    with other.open("rb") as file:
        file.seek(size - 1)
        test("and its data", file.read(12), b"\0" + example()[24576:24581] + b"\0" + example()[24582:24585] + b"\0\0")
    test("a file that exists is not overwritten", called(lower, lower), FAILED)
    test("no argument", called(), FAILED)
    test("an unknown option", called("--maps", lower), FAILED)
    test("too many arguments", called("--map", lower, other), FAILED)
    test("no such file", called(lower.with_name("none")), FAILED)
    test("a directory", called(folder.name), FAILED)


for part in (the_example, which_files, headers, roots, maps, logs, bad_records, intents, histories, mutated, forged, large, the_kernels_code, commands, flattening, calls):
    part()
print(f"1..{tests}")
sys.exit(failures > 0)
