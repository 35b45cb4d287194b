"""Files stay within 800 lines (tests 1,000) and functions within 80."""
import re

from source import files, report, text, without_comments_and_literals

# The contract's tables are as long as the protocol that they describe.
LONG_FILES = {"hdfs.proto", "client_namenode.proto"}
SCOPE = re.compile(r"\b(namespace|class|struct|enum|union|extern)\b[^;(){}=]*$")
LIMIT = 80


def long_functions(code: str) -> list[tuple[int, int]]:
    """Returns (line, length) of each outermost function body longer than the limit."""
    found, stack, line, statement = [], [], 1, ""
    for char in code:
        if char == "\n":
            line += 1
        if char == "{":
            inside = any(kind == "function" for kind, _ in stack)
            is_scope = not inside and (bool(SCOPE.search(statement.strip())) or not statement.strip())
            stack.append(("scope" if is_scope else "function", line))
            statement = ""
        elif char == "}":
            if stack:
                kind, start = stack.pop()
                outermost = not any(k == "function" for k, _ in stack)
                if kind == "function" and outermost and line - start + 1 > LIMIT:
                    found.append((start, line - start + 1))
            statement = ""
        elif char == ";":
            statement = ""
        else:
            statement += char
    return found


def main() -> None:
    problems = []
    for path in files(".h", ".cc", ".py", ".sh", ".proto"):
        if path.parts[:2] == ("tests", "peers") or path.name in LONG_FILES:
            continue
        content = text(path)
        limit = 1000 if path.parts[0] == "tests" else 800
        if content.count("\n") > limit:
            problems.append(f"{path}: {content.count(chr(10))} lines, at most {limit}")
        if path.suffix in (".h", ".cc") and path.parts[0] != "tests":
            for line, length in long_functions(without_comments_and_literals(content)):
                problems.append(f"{path}:{line}: a function of {length} lines, at most {LIMIT}")
    report("sizes", problems)


main()
