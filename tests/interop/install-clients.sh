#!/usr/bin/env bash
# Installs the foreign clients of the interop tests below a per-user cache, outside of the source
# tree. What is there already, in the pinned version, is left alone; nothing is asked. Debian's
# packages (the Go client, a JDK, Maven, Python's venv) come by sbin/install-dependencies.sh.
#
#   tests/interop/install-clients.sh           installs; the last line says where
#   tests/interop/install-clients.sh --where   prints the directory alone
#
# TUSK_INTEROP_CACHE names another directory than ~/.cache/tusk-interop. It holds
#   hadoop/    the jars of Hadoop, see tests/peers/hadoop/install.sh
#   python/    a venv with requirements.txt
#   classes/   FsShellBatch, compiled against hadoop/
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${TUSK_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tusk-interop}

die() { echo "install-clients.sh: $*" >&2; exit 1; }

# fresh MARK FILE...: does MARK hold the checksum of the FILEs?
fresh() { [[ -f $1 && $(cat "$1") == "$(cat "${@:2}" | sha256sum)" ]]; }
mark() { cat "${@:2}" | sha256sum >"$1"; }

install_hadoop() { "$here/../peers/hadoop/install.sh" "$cache/hadoop"; }

install_python() {
  local venv=$cache/python wanted=$here/requirements.txt
  # A venv whose interpreter went away with an upgrade does not start any more.
  if fresh "$venv/.installed" "$wanted" && "$venv/bin/python" -c 'import hdfs_native' 2>/dev/null; then
    echo "hdfs-native is already in $venv"
    return
  fi
  rm -rf "$venv"
  python3 -m venv "$venv" || die "python3 cannot make a venv (Debian: python3-venv)"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --only-binary=:all: --requirement "$wanted" || die "pip could not install $wanted"
  mark "$venv/.installed" "$wanted"
  echo "hdfs-native is in $venv"
}

install_batch() {
  local classes=$cache/classes source=$here/FsShellBatch.java
  ! fresh "$classes/.compiled" "$source" "$cache/hadoop/.pom" || return 0
  rm -rf "$classes"
  mkdir -p "$classes"
  javac -nowarn -proc:none -d "$classes" -cp "$cache/hadoop/lib/*" "$source" || die "javac failed"
  mark "$classes/.compiled" "$source" "$cache/hadoop/.pom"
}

main() {
  case "${1:-}" in
    "") ;;
    --where) echo "$cache"; return ;;
    *) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  command -v hdfs >/dev/null || die "hdfs is missing (Debian: hdfs-cli)"
  command -v javac >/dev/null || die "javac is missing (Debian: default-jdk-headless)"
  mkdir -p "$cache"
  exec 9>"$cache/.lock"
  flock 9
  install_hadoop
  install_python
  install_batch
  echo "interop clients are in $cache"
}

main "$@"
