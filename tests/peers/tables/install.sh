#!/usr/bin/env bash
# Makes a Python virtual environment with DuckDB, at the version in requirements.txt.
#   install.sh DIR
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: install.sh DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
"${PYTHON:-python3}" -m venv "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
"$1/bin/python" -c 'import duckdb; print("DuckDB", duckdb.__version__)'
