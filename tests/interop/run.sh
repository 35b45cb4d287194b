#!/usr/bin/env bash
# Runs one script of this folder with the Python that install-clients.sh has set up.
#
#   tests/interop/run.sh SCRIPT.py [ARGUMENT...]
#
# TUSK names the program under test (default: build/release/bin/tusk). A missing client is a
# failure, never a reason to skip.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ $# -ge 1 ]] || { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
INTEROP_CLIENTS=$("$here/install-clients.sh" --where)
export INTEROP_CLIENTS
export TUSK=${TUSK:-$here/../../build/release/bin/tusk}
python=$INTEROP_CLIENTS/python/bin/python
[[ -x $python && -f $INTEROP_CLIENTS/classes/FsShellBatch.class ]] || {
  echo "run.sh: no clients in $INTEROP_CLIENTS: run tests/interop/install-clients.sh" >&2
  exit 1
}
export PYTHONDONTWRITEBYTECODE=1
exec "$python" -u "$here/$1" "${@:2}"
