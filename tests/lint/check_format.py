"""Every C++ file is as clang-format 19 writes it."""
import subprocess

from source import ROOT, files, report


def main() -> None:
    paths = [str(path) for path in files(".h", ".cc") if path.parts[:2] != ("tests", "peers")]
    done = subprocess.run(["clang-format-19", "--dry-run", *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "code should be clang-formatted" in line})
    report("format", [f"{path}: run clang-format-19 -i on it" for path in wrong])


main()
