#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""manual.py COMMANDS.json DIR: say where the manual pages in DIR and the parser (`oriel completion --json`) disagree; nothing if they agree."""
import json
import pathlib
import re
import sys

EVERYWHERE = {"-h", "--help", "--json"}
OPTION = re.compile(r"\*\*\\?(--?[a-z][a-z-]*)\*\*")


def page_of(path):
    """The name of the page that describes a command, and its words there."""
    noun = path.split()[1] if " " in path else ""
    return {"": "oriel", "completion": "oriel", "load": "oriel-status", "unload": "oriel-status"}.get(noun, f"oriel-{noun}")


def section(text, name):
    found = re.search(rf"^# {name}$(.*?)(?=^# |\Z)", text, re.M | re.S)
    return found.group(1) if found else ""


def synopses(text):
    """Paragraphs of the synopsis by the command that each begins with."""
    found = {}
    for paragraph in section(text, "SYNOPSIS").strip().split("\n\n"):
        command = re.match(r"\*\*(oriel(?: [a-z-]+)*)\*\*", paragraph)
        if command:
            found.setdefault(command.group(1), paragraph)
    return found


def check_command(command, text, problems):
    names = {name for option in command["options"] for name in option["names"]} - EVERYWHERE
    synopsis = synopses(text).get(command["path"])
    if synopsis is None:
        problems.append(f"{command['path']}: not in the synopsis")
        return
    written = set(OPTION.findall(synopsis)) - EVERYWHERE
    problems += [f"{command['path']}: {name} is not in the synopsis" for name in names - written]
    problems += [f"{command['path']}: the synopsis has {name}, the parser has not" for name in written - names]
    if r"**\--json**" not in synopsis:
        problems.append(f"{command['path']}: --json is not in the synopsis")
    problems += [f"{command['path']}: argument {name} is not in the synopsis" for name in command["arguments"] if f"*{name}*" not in synopsis]


def check_page(name, commands, text, problems):
    known = {option for command in commands for o in command["options"] for option in o["names"]} | EVERYWHERE
    described = set()
    for line in re.findall(r"^(\*\*\\?-.*)\n:", section(text, "OPTIONS"), re.M):
        described |= set(OPTION.findall(line))
    wanted = known - (set() if name == "oriel" else {"-h", "--help"})
    problems += [f"{name}: {option} is not described" for option in sorted(wanted - described)]
    problems += [f"{name}: {option} is described, the parser has it not" for option in sorted(described - known)]
    written = set(synopses(text)) - {"oriel"}
    problems += [f"{name}: the synopsis has {path}, the parser has not" for path in sorted(written - {c["path"] for c in commands})]


def main():
    commands = json.loads(pathlib.Path(sys.argv[1]).read_text())["commands"]
    pages, problems = {}, []
    for command in commands:
        pages.setdefault(page_of(command["path"]), []).append(command)
    for name, described in pages.items():
        file = pathlib.Path(sys.argv[2]) / f"{name}.1.md"
        if not file.exists():
            problems.append(f"there is no {file}")
            continue
        text = file.read_text()
        check_page(name, described, text, problems)
        for command in described:
            if not command["commands"]:
                check_command(command, text, problems)
    for file in pathlib.Path(sys.argv[2]).glob("*.1.md"):
        if file.name.removesuffix(".1.md") not in pages:
            problems.append(f"{file} describes nothing that the parser has")
    print("\n".join(sorted(problems)))


main()
