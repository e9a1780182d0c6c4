#!/usr/bin/env bash
# Orders that compete, decided by Volok and by HiGHS in turn on the same problems; a line of JSON for each figure.
# Usage: batch.sh [numbers of orders] [seconds for Volok] [seconds for HiGHS]
set -euo pipefail
orders=${1:-1000,3000}
seconds=${2:-10}
theirs=${3:-60}
here=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}
venv=$target/compare-venv
problems=$target/compare-batch
if [[ ! -e $venv/ready || $here/requirements.txt -nt $venv/ready ]]; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    touch "$venv/ready"
fi
(cd "$here/../.." && cargo build --quiet --release -p volok-bench --bin volok-bench)
"$target/release/volok-bench" batch --orders "$orders" --export "$problems"
for many in ${orders//,/ }; do
    "$target/release/volok-bench" batch --orders "$many" --seconds "$seconds" --rounds 600 --json
    "$venv/bin/python" "$here/batch_with_highs.py" "$problems/batch-$many.jsonl" --seconds "$theirs"
done
