# Sourced by the comparisons that need other solvers: sets `here`, `target` and `venv`, installs the solvers once, and builds
# the figures of the engine.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}
venv=$target/compare-venv
if [[ ! -e $venv/ready || $here/requirements.txt -nt $venv/ready ]]; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    touch "$venv/ready"
fi
(cd "$here/../.." && cargo build --quiet --release -p volok-bench --bin volok-bench)
