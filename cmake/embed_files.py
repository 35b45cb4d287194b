"""Writes a C++ header and source that hold files as string literals (see embed_files.cmake)."""
import argparse
import pathlib


def literal(data: bytes) -> str:
    """Returns `data` as a list of C++ string literals, none longer than compilers must accept."""
    pieces = []
    for start in range(0, max(len(data), 1), 4096):
        text = "".join(
            chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in data[start:start + 4096])
        pieces.append(f'"{text}"')
    return "\n    ".join(pieces)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("namespace", "header", "source", "include", "root", "files"):
        parser.add_argument("--" + name, required=True)
    args = parser.parse_args()
    entries = []
    for name in args.files.split(","):
        data = (pathlib.Path(args.root) / name).read_bytes()
        entries.append(f'  if (name == "{name}") return std::string_view(\n    {literal(data)},\n    {len(data)});')
    header, source = pathlib.Path(args.header), pathlib.Path(args.source)
    header.parent.mkdir(parents=True, exist_ok=True)
    header.write_text(
        "#pragma once\n#include <string_view>\n"
        f"namespace {args.namespace} {{\n"
        "/// The content of an embedded file; empty when there is no such file.\n"
        f"std::string_view EmbeddedFile(std::string_view name);\n}}  // namespace {args.namespace}\n")
    source.write_text(
        f'#include "{args.include}"\nnamespace {args.namespace} {{\n'
        "std::string_view EmbeddedFile(std::string_view name) {\n"
        + "\n".join(entries) + "\n  return {};\n}\n" + f"}}  // namespace {args.namespace}\n")


if __name__ == "__main__":
    main()
