"""What the lint checks share: the files of the tree, and C++ text without comments and literals."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes: str, under: tuple[str, ...] = ()) -> list[pathlib.Path]:
    """Returns the tracked or new files with one of the suffixes, as paths below ROOT."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.splitlines()
    paths = [pathlib.Path(line) for line in listed if line.endswith(suffixes) and (ROOT / line).is_file()]
    return sorted(path for path in paths if not under or path.parts[0] in under)


def text(path: pathlib.Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
                    re.DOTALL)


def without_comments_and_literals(code: str) -> str:
    """Blanks comments and literals; line numbers stay."""
    return _TOKEN.sub(lambda match: '""' + "\n" * match.group(0).count("\n")
                      if not match.group(0).startswith("/") else "\n" * match.group(0).count("\n"), code)


def report(name: str, problems: list[str]) -> None:
    """Prints the problems and ends the process: 1 when there are any."""
    for problem in problems:
        print(problem)
    print(f"{name}: {len(problems)} problems")
    sys.exit(1 if problems else 0)
