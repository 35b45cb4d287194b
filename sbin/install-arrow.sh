#!/usr/bin/env bash
# Puts Apache Arrow's C++ headers and libraries into a per-user cache, outside of the source tree:
# Debian has no package of them. They come out of the wheel that Python users install, pinned by
# version and hash; Python itself is needed for the download alone. What is there already is left alone.
#
#   sbin/install-arrow.sh           installs; the last line says where
#   sbin/install-arrow.sh --where   prints the directory alone
#
# TUSK_ARROW_CACHE names another directory than ~/.cache/tusk-arrow-VERSION. It holds include/ and lib/.
set -euo pipefail
version=26.0.1
cache=${TUSK_ARROW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tusk-arrow-$version}

die() { echo "install-arrow.sh: $*" >&2; exit 1; }

hash_of() {
  case "$1" in
    x86_64) echo 39cb0f2418282c24bea6ceda77b03e5a8f0a5766b63a8bf194d4e2a2c423548c ;;
    aarch64) echo 22a96a225de107eb9acd1ad9a818198ca832df2a4c0952412f754a7ed2105a98 ;;
    *) die "there is no wheel of Arrow $version for $1" ;;
  esac
}

download() {
  local folder=$1 machine
  machine=$(uname -m)
  echo "pyarrow==$version --hash=sha256:$(hash_of "$machine")" >"$folder/requirements.txt"
  python3 -m pip download --quiet --disable-pip-version-check --no-input --no-deps --only-binary=:all: \
    --implementation cp --python-version 311 --platform "manylinux_2_28_$machine" \
    --require-hashes --requirement "$folder/requirements.txt" --dest "$folder" ||
    die "pip could not fetch pyarrow $version (Debian: python3-pip)"
}

unpack() {
  python3 - "$1" "$2" <<'PYTHON'
import pathlib, sys, zipfile

folder, target = map(pathlib.Path, sys.argv[1:])
wanted = ("libarrow.so.", "libarrow_compute.so.", "libparquet.so.")
[wheel] = folder.glob("pyarrow-*.whl")
with zipfile.ZipFile(wheel) as files:
    for name in files.namelist():
        path = pathlib.PurePosixPath(name)
        if name.endswith("/") or "python" in path.parts[1:-1]:
            continue
        if path.is_relative_to("pyarrow/include"):
            place = target / "include" / path.relative_to("pyarrow/include")
        elif path.parent.name == "pyarrow" and path.name.startswith(wanted):
            place = target / "lib" / path.name
        else:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(files.read(name))
PYTHON
}

case "${1:-}" in
  "") ;;
  --where) echo "$cache"; exit 0 ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
mkdir -p "$(dirname "$cache")"
exec 9>"$cache.lock"
flock 9
if [ ! -f "$cache/.complete" ]; then
  work=$(mktemp -d "$cache.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/wheel" "$work/tree"
  download "$work/wheel"
  unpack "$work/wheel" "$work/tree"
  touch "$work/tree/.complete"
  rm -rf "$cache"
  mv "$work/tree" "$cache"
fi
echo "Arrow $version is in $cache"
