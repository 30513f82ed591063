#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""vma-counts.py ROLE DIR: judge, as TAP, what `oriel vma record --json` counted of loads whose hit rates are known (selftests/vm/vma.sh)."""
import json
import pathlib
import sys

role, folder = sys.argv[1], pathlib.Path(sys.argv[2])
PAGES = 4  # that vma_load touches of a mapping before it gives them back
tests = 0


def test(text, passed, seen):
    global tests
    tests += 1
    print(f"{'ok' if passed else 'not ok'} {tests} - {role}: {text}")
    if not passed:
        print(f"# {str(seen)[:400]}")


def load(name):
    return json.loads((folder / f"{name}.json").read_text())


def ratio(recording, policy):
    return recording["total"]["hit_ratio"][policy]


def close(text, recording, policy, expected, tolerance=0.01):
    seen = ratio(recording, policy)
    test(f"{text}: {policy} hits {expected:.2f}", abs(seen - expected) <= tolerance, seen)


# Faults that a load makes at least: threads, mappings, rounds.
KNOWN_FAULTS = {"own": 2 * 1000 * PAGES, "own4": 4 * 2 * 500 * PAGES, "spread3": 3 * 1000 * PAGES, "spread12": 12 * 300 * PAGES}


# A kernel that preempts programs (7.2) leaves out one that runs on the processor already, as often as the load of the machine has it, and
# counts that: what was seen and what was left out are all that there was.
def check_losses(name, recording):
    misses = {p["name"]: p["misses"] for p in recording["programs"]}
    test(f"{name}: there was room to count", recording["refused"] == 0, recording["refused"])
    if role != "newest":
        test(f"{name}: hardly anything is lost", sum(misses.values()) <= recording["total"]["lookups"] / 20, misses)
    if name in KNOWN_FAULTS:
        seen = recording["total"]["faults"] + misses["handle_mm_fault"]
        test(f"{name}: every loss is counted", seen >= KNOWN_FAULTS[name], (seen, misses))


def check_counts():
    own = load("own")["total"]
    least = 1000 * 2 * PAGES
    test("every fault of a load is counted", least <= own["faults"] <= least + 400, own)
    test("as writing to anonymous memory", least <= own["faults_anonymous"] and least <= own["faults_write"], own)
    test("and its lookup", own["lookups"] >= least, own)
    for name in ("own", "own4", "spread3", "spread12", "churn", "threads"):
        recording = load(name)
        check_losses(name, recording)
        hits = recording["total"]["hits"]
        test(f"{name}: no cache hits more often than there are lookups", max(hits.values()) <= recording["total"]["lookups"], hits)


# Of the lookups of one mapping in a row, the first misses what holds only the mapping before. From 6.16 on, madvise() looks up so that we
# see it.
def check_policies():
    more = 1 if role == "newest" else 0
    in_a_row = (PAGES - 1 + more) / (PAGES + more)
    turn = more / (1 + more)
    spread3, spread12, threads = load("spread3"), load("spread12"), load("threads")
    close("three mappings in turn", spread3, "last", in_a_row)
    close("three mappings in turn", spread3, "thread4_lru", 1)
    close("three mappings in turn", spread3, "thread4_pmd", 1)
    close("twelve mappings in turn", spread12, "last", in_a_row)
    close("twelve mappings in turn", spread12, "thread4_lru", in_a_row)
    close("two threads that take turns", threads, "last", turn, 0.05)
    close("two threads that take turns", threads, "thread1", 1, 0.05)


# The kernel's own cache, lookup by lookup.
def check_against_real():
    for name in ("own", "own4", "spread3", "spread12", "churn", "threads"):
        recording = load(name)
        real = recording["real_cache"]
        agreed = real["agreed_by_pmd"] / real["lookups"]
        test(f"{name}: the simulation agrees with the kernel's cache in 99.8 % of lookups", agreed >= 0.998, real)
        gap = abs(real["hits"] / real["lookups"] - ratio(recording, "thread4_pmd"))
        test(f"{name}: and hits as often, to 0.1 points", gap <= 0.001, gap)
        test(f"{name}: of enough lookups", real["lookups"] >= 3000, real)


def check_whom():
    def faults(name, command):
        return sum(p["faults"] for p in load(name)["processes"] if p["command"] == command)

    test("everybody: the load is there", faults("everybody", "vma_load") >= 500 * 2 * PAGES, load("everybody")["total"])
    test("everybody: others are too", len(load("everybody")["processes"]) > 1, load("everybody")["processes"])
    in_group = faults("cgroup", "vma_load")
    test("a control group: what ran in it, and nothing else", 200 * 2 * PAGES <= in_group < 500 * 2 * PAGES, in_group)
    groups = {p["cgroup"] for p in load("cgroup")["processes"]}
    test("by its name, or its number once it is gone", groups and all("oriel_test" in g or g.startswith("id ") for g in groups), groups)
    processes = load("pid")["processes"]
    test("a process: it alone and what it starts", len(processes) >= 1 and "vma_load" in {p["command"] for p in processes}, processes)
    test("and no other", {p["command"] for p in processes} <= {"vma_load", "sh", "usleep", "busybox"}, processes)
    test("across its exec", faults("pid", "vma_load") >= 300 * 2 * PAGES, processes)


def check_streams():
    for name in ("own", "spread", "churn", "threads"):
        replayed = load(f"stream-{name}")
        # Two threads in one address space may look into its caches in one order, and come to the stream in the other.
        crossed = replayed["lookups"] // 100 if name == "threads" else 0
        test(f"{name}: a plain model finds the same hits in the stream, bit by bit", replayed["differ"] <= crossed, replayed)
        test(f"{name}: of enough lookups", replayed["lookups"] >= 300, replayed)


# Each of 300 and the one that makes them: a row, or said to be lost. A program that the kernel left out (7.2) may have been all of one.
def check_many():
    for name in ("storm", "crowd", "herd"):
        for room in ("", "-tight"):
            recording = load(name + room)
            refusals = recording["refusals"]
            others = sum(p["misses"] for p in recording["programs"] if p["name"] not in ("sched_process_exit", "exit_files"))
            lost = refusals["no_process"] + refusals["no_thread"] + others
            rows = len(recording["threads"])
            test(f"{name}{room}: each is counted, or said to be lost", 301 <= rows + lost, (rows, refusals))
            if room:
                test(f"{name}{room}: where there is room for 64, no more are", rows <= 64 and recording["refused"] > 0, (rows, refusals))
                test(f"{name}{room}: a lookup that no cache saw is in no hit rate", (recording["total"]["unsimulated"] > 0) ==
                     (refusals["no_space"] > 0), (recording["total"], refusals))
            else:
                # Nor, but for a program that came in another's way (7.2), is anything refused.
                test(f"{name}: nothing is refused", recording["refused"] <= (5 if role == "newest" else 0), refusals)


# 8000 of the threads, and what the start of the program takes.
def check_degraded():
    recording = load("degraded")
    least = 2 * 500 * 2 * PAGES
    workers = [t for t in recording["threads"] if t["tid"] != t["pid"]]
    test("degraded: says so", recording["degraded"] and not load("own")["degraded"], recording["unseen"])
    test("degraded: every fault is counted", least <= recording["total"]["faults"] <= least + 400, recording["total"])
    test("degraded: by thread", [t["faults"] >= least // 2 for t in workers] == [True, True], workers)
    hooks = {p["hook"]: p["attached"] for p in recording["programs"]}
    test("degraded: by a tracepoint", hooks["tp_btf/page_fault_user"] and not hooks["fexit/handle_mm_fault"], hooks)


# Of the lines that top printed, the last one is of the time in which the process ended and another with its number ran.
def check_reused():
    lines = [json.loads(line) for line in (folder / "reused.lines").read_text().splitlines()]
    before = int((folder / "reused.before").read_text())
    test("a process by its number: it is counted", sum(line["total"]["faults"] for line in lines[:before]) > 1000, lines[:1])
    later = [process["command"] for line in lines[before:] for process in line["processes"]]
    test("and whoever has the number after it is not", len(lines) == before + 1 and len(later) <= 1, later)


def check_threads():
    recording = load("by_thread")
    workers = [t for t in recording["threads"] if t["command"] == "vma_load" and t["tid"] != t["pid"]]
    test("four threads: each by itself", len(workers) == 4, workers)
    least = 500 * 2 * PAGES
    test("with its own faults", all(least <= t["faults"] <= least + 100 for t in workers), workers)
    total, processes = recording["total"], recording["processes"]
    test("which are those of the process", total["faults"] == sum(t["faults"] for t in recording["threads"]) ==
         sum(p["faults"] for p in processes) == sum(g["faults"] for g in recording["cgroups"]), total)
    test("no cache saw anything where none is simulated", total["unsimulated"] == total["lookups"] > 0, total)
    shown = load("show")
    test("shown: samples", shown["recording"]["samples"] >= 2 and shown["recording"]["begin_ns"] > 10**18, shown["recording"])
    test("shown: facts", shown["recording"]["facts"]["command"] == "vma_load own 4 2000", shown["recording"])
    test("shown: no second is missing", shown["total"]["faults_per_second"] * shown["seconds"] - shown["total"]["faults"] < 1, shown["total"])


check_counts()
check_many()
if role != "newest" or (folder / "degraded.json").exists():
    check_degraded()
check_streams()
if role == "truth":
    check_against_real()
else:
    check_policies()
if (folder / "pid.json").exists():
    check_whom()
    check_threads()
    check_reused()
print(f"1..{tests}")
