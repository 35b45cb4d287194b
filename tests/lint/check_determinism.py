"""Time, randomness, order and sleep come in through the seams, so that tests can own them."""
import re

from source import files, report, text, without_comments_and_literals

# pattern, path prefixes where it is allowed, what to use instead
RULES = [
    (r"\bstd::(?:random_)?shuffle\b", (), "use Random::Shuffle: std::shuffle differs between libraries"),
    (r"(?<![\w:.>])s?rand\s*\(", (), "use Random"),
    (r"\bstd::(?:mt19937\w*|random_device|default_random_engine)\b", ("tests/",), "use Random"),
    (r"\b(?:system|steady)_clock::now\b|\bclock_gettime\s*\(|\bgettimeofday\s*\(",
     ("common/time/", "common/net/", "common/log/", "tests/", "jobs/"), "use Clock"),
    (r"\bsleep_for\b|\bsleep_until\b|\busleep\s*\(|\bnanosleep\s*\(",
     ("tests/support/eventually", "common/fault/"), "wait for a condition"),
]


def main() -> None:
    problems = []
    for path in files(".h", ".cc"):
        if path.parts[:2] == ("tests", "peers"):
            continue
        code = without_comments_and_literals(text(path))
        for pattern, allowed, advice in RULES:
            if allowed and str(path).startswith(allowed):
                continue
            for match in re.finditer(pattern, code):
                line = code.count("\n", 0, match.start()) + 1
                problems.append(f"{path}:{line}: {match.group(0).strip()}: {advice}")
    report("determinism", problems)


main()
