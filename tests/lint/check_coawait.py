"""g++ 12 destroys some temporaries twice in a co_await expression (docs/coroutine-traps.md).

Refused inside one co_await expression: a braces-built temporary as an argument, a lambda that
captures by value, and a choice with ?:. In a condition: a call through a pointer, whose `this` it
loses. All must be named on the line before. Coroutines that are lambdas with captures are refused
as well.
"""
import re

from source import files, report, text, without_comments_and_literals

BRACES = re.compile(r"[(,]\s*(?:[A-Z]\w*(?:::\w+)*(?:<[^<>]*>)?)?\s*\{[^{}]*[^{}\s][^{}]*\}")
LAMBDA = re.compile(r"\[([^\[\]]*)\]\s*(?:\([^()]*\))?\s*(?:mutable\s*)?(?:->[^{;]*)?\{")
CHOICE = re.compile(r"\?(?!\?)")
CONDITION = re.compile(r"\b(?:if|while)\s*\((?:[^()]|\([^()]*\))*$")
LAMBDA_COROUTINE = re.compile(
    r"\[([^\[\]\n]*)\]\s*\([^()]*\)\s*(?:mutable\s*)?->\s*(?:\w+::)*(?:Task|awaitable)\b")


def operand(code: str, start: int) -> str:
    """Returns the text from `start` up to the ; or unmatched bracket that ends the operand."""
    depth = 0
    for index in range(start, len(code)):
        if code[index] in "([{":
            depth += 1
        elif code[index] in ")]}":
            depth -= 1
            if depth < 0:
                return code[start:index]
        elif code[index] == ";" and depth == 0:
            return code[start:index]
    return code[start:]


def by_value(captures: str) -> bool:
    return any(item.strip() and item.strip() != "this" and not item.strip().startswith("&")
               for item in captures.split(","))


def main() -> None:
    problems = []
    for path in files(".h", ".cc"):
        code = without_comments_and_literals(text(path))
        for match in re.finditer(r"\bco_await\b", code):
            expression = operand(code, match.end())
            line = code.count("\n", 0, match.start()) + 1
            if CONDITION.search(code[code.rfind("\n", 0, match.start()) + 1:match.start()]) and "->" in expression:
                problems.append(f"{path}:{line}: co_await through a pointer inside a condition")
            first_lambda = LAMBDA.search(expression)
            if any(by_value(found.group(1)) for found in LAMBDA.finditer(expression)):
                problems.append(f"{path}:{line}: a lambda with captures by value inside co_await")
            elif CHOICE.search(expression):
                problems.append(f"{path}:{line}: a choice with ?: inside co_await")
            elif BRACES.search(expression[:first_lambda.start()] if first_lambda else expression):
                problems.append(f"{path}:{line}: a braces-built temporary inside co_await")
        for found in LAMBDA_COROUTINE.finditer(code):
            if found.group(1).strip():
                problems.append(f"{path}:{code.count(chr(10), 0, found.start()) + 1}: "
                                "a coroutine that is a lambda with captures")
    report("co_await", problems)


main()
