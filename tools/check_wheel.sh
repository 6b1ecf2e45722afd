#!/usr/bin/env bash
# Install a wheel into an environment of its own and use it, away from the checkout. Usage: check_wheel.sh WHEEL
set -euo pipefail
wheel=$(realpath "$1")
demo=$(realpath "$(dirname "$0")/../fixtures/demo")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet "$wheel"
cp -r "$demo" "$scratch/demo"
cd "$scratch"
venv/bin/cfglint --version
venv/bin/python -m cfglint check --fail-on never --format concise demo
venv/bin/cfglint explain vrrp/vrid-mismatch | grep -q '^Example: '
venv/bin/cfglint rules --format json >/dev/null
venv/bin/cfglint completions bash >/dev/null
if venv/bin/cfglint check demo >/dev/null; then
  echo "the wheel misses what the demo pair is wrong in" >&2
  exit 1
fi
echo "The wheel works."
