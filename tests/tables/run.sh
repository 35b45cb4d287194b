#!/usr/bin/env bash
# Runs a script of tests with the Python that install.sh has set up. What is missing there is a failure, never a
# reason to skip.
#
#   tests/tables/run.sh SCRIPT.py [ARGUMENT...]      SCRIPT.py: a path, or a name in this folder
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ $# -ge 1 ]] || { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
venv=$("$here/install.sh" --where)
[[ -f $venv/.installed ]] || {
  echo "run.sh: nothing in $venv: run tests/tables/install.sh" >&2
  exit 1
}
export PYTHONDONTWRITEBYTECODE=1 PATH=$venv/bin:$PATH
script=$1
[[ -f $script ]] || script=$here/$script
exec "$venv/bin/python" -u "$script" "${@:2}"
