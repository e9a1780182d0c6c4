#!/usr/bin/env bash
# Orders that compete, decided by Volok and by HiGHS in turn on the same problems; a line of JSON for each figure.
# Usage: batch.sh [numbers of orders] [seconds for Volok] [seconds for HiGHS]
set -euo pipefail
orders=${1:-1000,3000}
seconds=${2:-10}
theirs=${3:-60}
. "$(dirname "$0")/setup.sh"
problems=$target/compare-batch
"$target/release/volok-bench" batch --orders "$orders" --export "$problems"
for many in ${orders//,/ }; do
    "$target/release/volok-bench" batch --orders "$many" --seconds "$seconds" --rounds 600 --json
    "$venv/bin/python" "$here/batch_with_highs.py" "$problems/batch-$many.jsonl" --seconds "$theirs"
done
