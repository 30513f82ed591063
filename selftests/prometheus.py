#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""prometheus.py URL DASHBOARD: ask a Prometheus by PromQL, as TAP: whether it scrapes orield, and whether each query of the dashboard has data."""
import json
import sys
import time
import urllib.parse
import urllib.request

url, dashboard = sys.argv[1], json.load(open(sys.argv[2]))
tests = 0


def ask(query):
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': query})}", timeout=20) as answer:
        return json.load(answer)["data"]["result"]


def test(text, passed, seen=""):
    global tests
    tests += 1
    print(f"{'ok' if passed else 'not ok'} {tests} - {text}")
    if not passed:
        print(f"# {str(seen)[:400]}")


def value(query):
    found = ask(query)
    return float(found[0]["value"][1]) if found else None


def until(query, patience_s=90):
    """Waits until the query has an answer: a rate needs two scrapes between which something was read."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        try:
            found = ask(query)
        except OSError:
            found = []
        if found:
            return found
        time.sleep(0.5)
    return []


def queries():
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")


scraped = until("up{job='oriel'} == 1")
test("Prometheus scrapes orield", scraped)
if not scraped:
    sys.exit("no scrape, so nothing to ask for")
test("page faults have a rate", until("rate(oriel_vma_page_faults_total{cgroup='/busy'}[1m]) > 0"), ask("oriel_vma_page_faults_total"))
test("the css_set of a zombie is seen as a dying group", until("sum(oriel_cgroup_dying_groups) == 1"), ask("oriel_cgroup_dying_groups"))
test("of the simulated caches the true LRU hits most among those of four",
     value("max(oriel_vma_policy_hits_total{policy=~'thread4.*'}) == on() oriel_vma_policy_hits_total{policy='thread4_lru'}") is not None,
     ask("oriel_vma_policy_hits_total"))
test("series are far below their limit", 0 < value("count({job='oriel'})") < 2000)
test("css_sets have their links", value("oriel_cgroup_links / oriel_cgroup_css_sets") == 1)
for title, query in queries():
    test(f"dashboard: {title}", until(query, 20), query)
print(f"1..{tests}")
