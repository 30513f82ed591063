#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""vma-caches.py ROLE: a table of what selftests/bench/vma-caches.sh has printed, on stdin."""
import json
import sys

role = sys.argv[1]
POLICIES = ("last", "last_or_largest", "thread4_page", "thread4_pmd", "thread4_lru", "thread16_page")
print(f"{role:8} {'LOOKUPS':>10} " + " ".join(f"{name:>15}" for name in POLICIES))
for line in sys.stdin:
    load, _, rest = line.partition(" ")
    if load not in ("boot", "build", "threads") or not rest.startswith("{"):
        continue
    counted = json.loads(rest)
    total = counted["total"]
    rates = " ".join(f"{100 * total['hit_ratio'][name]:13.2f} %" for name in POLICIES)
    print(f"{load:8} {total['lookups']:10} {rates}   processes {len(counted['processes'])}, flushes {total['flushes']}, refused {counted['refused']}")
    if load != "boot":
        continue
    # A process that ends soon mostly looks up what it has never looked up before: no cache has that.
    for text, holds in (("shorter", lambda lookups: lookups < 1000), ("longer", lambda lookups: lookups >= 1000)):
        of_size = [one for one in counted["processes"] if holds(one["lookups"])]
        lookups = sum(one["lookups"] for one in of_size)
        rates = " ".join(f"{100 * sum(one['hits'][name] for one in of_size) / max(lookups, 1):13.2f} %" for name in POLICIES)
        print(f"  {text:6} {lookups:10} {rates}   processes {len(of_size)}, flushes {sum(one['flushes'] for one in of_size)}")
