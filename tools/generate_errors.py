#!/usr/bin/env python3
"""Writes docs/reference/errors.md from HUB_CODES in src/base/base.h.

  tools/generate_errors.py            writes the page
  tools/generate_errors.py --print    prints it; tools/tidy.py compares
"""
import re
import sys
from pathlib import Path

HEAD = """# Errors

Made from `HUB_CODES` in `src/base/base.h` by `tools/generate_errors.py`; a test compares.

The code is stable: switch on it, never on the sentence. Answers carry it as `errors[].code` with the path
of the offending field; the HTTP API gives the status, as a problem document of RFC 9457; the command line
exits
with the exit status.

| code | HTTP | exit | sentence |
|---|---|---|---|
"""
# A row may go on after a backslash.
ROW = re.compile(r'X\(\s*(\w+),\s*"([^"]*)",\s*(\d+),\s*(\d+),[\s\\]*"([^"]*)"\s*\)')


def page(header: str) -> str:
    start = header.find("#define HUB_CODES")
    end = header.find("\n\n", start)
    rows = ROW.findall(header[start:end]) if start >= 0 else []
    return HEAD + "".join(f"| `{row[1]}` | {row[2]} | {row[3]} | {row[4]} |\n" for row in rows)


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    text = page((root / "src/base/base.h").read_text(encoding="utf-8"))
    if "--print" in sys.argv[1:]:
        sys.stdout.write(text)
    else:
        target = root / "docs/reference/errors.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
