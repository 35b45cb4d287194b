#!/usr/bin/env bash
# Installs what the tests of tables need (a generator of TPC-H's tables, DuckDB) below a per-user cache, outside of
# the source tree. What is there already, in the pinned version, is left alone; nothing is asked.
#
#   tests/tables/install.sh           installs; the last line says where
#   tests/tables/install.sh --where   prints the virtual environment's directory alone
#
# TUSK_TABLES_CACHE names another directory than ~/.cache/tusk-tables.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${TUSK_TABLES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tusk-tables}
venv=$cache/python
wanted=$here/requirements.txt

die() { echo "install.sh: $*" >&2; exit 1; }

is_installed() {
  [[ -f $venv/.installed && $(cat "$venv/.installed") == "$(sha256sum <"$wanted")" ]] &&
    "$venv/bin/python" -c 'import duckdb, numpy' 2>/dev/null
}

case "${1:-}" in
  "") ;;
  --where) echo "$venv"; exit ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
if ! is_installed; then
  rm -rf "$venv"
  python3 -m venv "$venv" || die "python3 cannot make a venv (Debian: python3-venv)"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --only-binary=:all: --requirement "$wanted" || die "pip could not install $wanted"
  sha256sum <"$wanted" >"$venv/.installed"
fi
echo "the tools of the tests of tables are in $venv"
