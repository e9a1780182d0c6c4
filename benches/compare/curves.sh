#!/usr/bin/env bash
# How orders that compete are decided as time passes and as they grow many: measures, keeps the figures as CSV and draws them,
# both beside each other in docs/pictures. Nothing else should run meanwhile.
# Usage: curves.sh [options of curves.py]; `curves.sh --draw` draws the figures that are kept and measures nothing.
set -euo pipefail
. "$(dirname "$0")/setup.sh"
exec "$venv/bin/python" "$here/curves.py" --bench "$target/release/volok-bench" "$@"
