"""Docs stay true: generated pages are current, links lead somewhere, formats have golden tests."""
import os
import pathlib
import re
import subprocess

from source import ROOT, files, report, text

GENERATED = {"docs/configuration.md": ["config", "markdown"], "docs/metrics.md": ["config", "metrics-markdown"]}
# Words that speak of the place where the project was written instead of the project.
FORBIDDEN = re.compile(r"(?<![\w.])/work/|\.\./shared|issue #?\d|\bsitting\b", re.IGNORECASE)
THIS = pathlib.Path("tests/lint/check_docs.py")


def check_generated() -> list[str]:
    """Compares generated pages with what the built program prints."""
    tusk = pathlib.Path(os.environ.get("TUSK_BINARY_DIR", ROOT / "build/release")) / "bin/tusk"
    problems = []
    for page, arguments in GENERATED.items():
        printed = subprocess.run([tusk, *arguments], capture_output=True, text=True, check=False)
        if printed.returncode != 0 or not (ROOT / page).exists() or printed.stdout != text(pathlib.Path(page)):
            problems.append(f"{page}: not what the program prints: write it anew: tusk {' '.join(arguments)} > {page}")
    return problems


def check_links() -> list[str]:
    problems = []
    for page in files(".md"):
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text(page)):
            if not (ROOT / page.parent / target).exists():
                problems.append(f"{page}: links to {target}, which does not exist")
    return problems


def check_words() -> list[str]:
    problems = []
    for path in files(".md", ".h", ".cc", ".py", ".sh", ".proto", ".txt", ".cmake", ".xml", ".js", ".css", ".html"):
        if path == THIS or path.parts[:2] == ("tests", "golden"):
            continue
        for number, line in enumerate(text(path).split("\n"), 1):
            if FORBIDDEN.search(line):
                problems.append(f"{path}:{number}: speaks of where it was written: {line.strip()[:80]}")
    return problems


def check_formats() -> list[str]:
    """Each format page names a golden test that exists."""
    problems = []
    for page in files(".md"):
        if page.parent != pathlib.Path("docs/formats") or page.name == "untrusted_input.md":
            continue
        named = re.findall(r"`(tests/[\w./-]+)`", text(page))
        if not any((ROOT / name).exists() for name in named):
            problems.append(f"{page}: names no golden test that exists")
    return problems


report("docs", check_generated() + check_links() + check_words() + check_formats())
