#!/usr/bin/env bash
# Exports splits, solves them with HiGHS and CP-SAT one thread each (a process each: their libraries clash), prints a
# line of JSON for each figure and fails when a proven cost differs. Usage: run.sh [problems of a size] [seconds each]
set -euo pipefail
problems=${1:-20}
seconds=${2:-30}
. "$(dirname "$0")/setup.sh"
splits=$target/compare-splits
rm -rf "$splits"
"$target/release/volok-bench" split --export "$splits" --problems "$problems"
failed=0
shopt -s nullglob
for lines in 4x12 10x20 20x50; do
    files=("$splits"/*-"$lines".jsonl)
    "$venv/bin/python" "$here/with_highs.py" --problems "$problems" --seconds "$seconds" "${files[@]}" || failed=1
    "$venv/bin/python" "$here/with_cp_sat.py" --problems "$problems" --seconds "$seconds" "${files[@]}" || failed=1
done
# The largest takes seconds a problem there: a few will do.
few=$((problems < 3 ? problems : 3))
files=("$splits"/linear-*-40x100.jsonl)
"$venv/bin/python" "$here/with_highs.py" --problems "$few" --seconds "$seconds" "${files[@]}" || failed=1
"$venv/bin/python" "$here/with_cp_sat.py" --problems "$few" --seconds "$seconds" "${files[@]}" || failed=1
exit $failed
