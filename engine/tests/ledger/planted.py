#!/usr/bin/env python3
"""Plants each bug of `engine/src/ledger/planted/bug.rs` in turn, and tells which test of the ledger notices it.

    planted.py             tells, and fails where a bug is noticed by no test
    planted.py --write     writes the table of docs/planted.md, too
    planted.py BUG...      tries only these

One build serves all: the bug is chosen by VOLOK_PLANTED when a test starts.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
BUGS = PROJECT / "engine/src/ledger/planted/bug.rs"
PAGE = PROJECT / "docs/planted.md"
BUILD = ["cargo", "test", "-p", "volok", "--features", "testkit,last-resort,sqlite,planted", "--lib", "--test", "ledger"]
# Told stories come first, for they say what went wrong; what only compares comes last. A bug that one group notices is
# not looked for in the next.
GROUPS = ["scenes::", "stories::", "durable::", "front::", "sqlite::", "faults::", "doors::", "desk::", "model::", "short::", "golden::"]
LONGEST = 300
TOLD = 3


def bugs():
    """Names and sentences, in the order of the file."""
    row = re.compile(r"^    /// (?P<sentence>.+)\n    \w+ \"(?P<name>[a-z-]+)\";", re.M)
    return [(found["name"], found["sentence"]) for found in row.finditer(BUGS.read_text())]


def binaries():
    """The unit tests and the ledger's suite, built."""
    built = subprocess.run([*BUILD, "--no-run", "--message-format=json"], cwd=PROJECT, stdout=subprocess.PIPE, check=True)
    found = {}
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["profile"]["test"]:
            found[message["target"]["name"]] = message["executable"]
    return found["volok"], found["ledger"]


def failed(binary, group, bug):
    """Tests of a group that fail, by name."""
    environment = {name: value for name, value in os.environ.items() if name != "VOLOK_PLANTED"}
    if bug:
        environment["VOLOK_PLANTED"] = bug
    try:
        run = subprocess.run(
            [binary, group], cwd=PROJECT / "engine", env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return [f"{group} did not end"]
    names = re.findall(r"^test (\S+) \.\.\. FAILED$", run.stdout, re.M)
    if run.returncode and not names:
        names = [f"{group} ended without a word"]
    return sorted(names)


def noticed(unit, suite, bug):
    """The first tests that notice a bug; none where none does."""
    for binary, group in [*((suite, group) for group in GROUPS), (unit, "ledger::")]:
        names = failed(binary, group, bug)
        if names:
            return names
    return []


def table(rows):
    lines = ["| bug | what it does wrong | noticed by |", "| --- | --- | --- |"]
    for name, sentence, names in rows:
        more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
        told = ", ".join(f"`{test}`" for test in names[:TOLD]) + more
        lines.append(f"| `{name}` | {sentence} | {told} |")
    return "\n".join(lines) + "\n"


def main():
    arguments = sys.argv[1:]
    write = "--write" in arguments
    asked = [name for name in arguments if name != "--write"]
    known = bugs()
    unknown = set(asked) - {name for name, _ in known}
    if unknown:
        sys.exit(f"no bug is called {', '.join(sorted(unknown))}")
    unit, suite = binaries()
    if names := noticed(unit, suite, None):
        sys.exit(f"without any bug {', '.join(names)} fails already")
    rows = []
    for name, sentence in known:
        if asked and name not in asked:
            continue
        rows.append((name, sentence, noticed(unit, suite, name)))
        print(f"{name:28} {', '.join(rows[-1][2][:TOLD]) or 'NOT NOTICED'}", flush=True)
    missed = [name for name, _, names in rows if not names]
    print(f"{len(rows)} bugs planted, {len(rows) - len(missed)} noticed")
    if write and not asked:
        head, _, rest = PAGE.read_text().partition("| bug |")
        rest = rest.partition("\n\n")[2]
        PAGE.write_text(head + table(rows) + ("\n" + rest if rest else ""))
    if missed:
        sys.exit(f"no test notices: {', '.join(missed)}")


if __name__ == "__main__":
    main()
