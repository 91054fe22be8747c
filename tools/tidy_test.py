#!/usr/bin/env python3
"""Shows that every rule of tidy.py fires: a small clean tree, then one planted violation at a time."""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import generate_errors  # noqa: E402
import tidy  # noqa: E402

BASE = '''#pragma once
// base: the ground. Promises nothing else.
#include <string>
#define HUB_CODES(X) \\
    X(bad_date, "bad-date", 422, 2, "A date is a day")

namespace allroads {
int length(std::string const& text);
}
'''

# A tree without a finding, as small as it can be.
CLEAN = {
    "CMakeLists.txt": "room(base  NEEDS USES icu)\nroom(money NEEDS base USES)\n"
                      "room(books NEEDS base money USES toml)\nroom(cli   NEEDS base books USES)\n",
    "cmake/rooms.cmake": "set(USES_icu ICU::uc)\nset(USES_toml toml)\nset(USES_sqlite sqlite3)\n",
    "scripts/setup": "packages='\ng++   the compiler\n'\n",
    "ARCHITECTURE.md": "# House\n\n## The house\n\n| `base` | x |\n| `money` | x |\n| `books` | x |\n"
                       "| `cli` | x |\n\nBuilt with `g++`; see [errors](docs/reference/errors.md).\n\n"
                       "## Not built yet\n\n| `web` | x |\n",
    "docs/reference/errors.md": generate_errors.page(BASE),
    "docs/decisions/0001-first.md":
        "# First\n\nDate: 2026-01-02\n\n## Context\n\n## Decision\n\n## Consequences\n",
    "src/base/base.h": BASE,
    "src/base/text.cpp": '#include "base/base.h"\n#include <unicode/uchar.h>\n'
    "namespace allroads {\n// A double here, 'double' there: words only.\n"
    "int length(std::string const& text) { return text == \"double co_await\" ? 1'000 : 2; }\n}\n",
    "src/money/money.h": '#pragma once\n// money: exact.\n#include "base/base.h"\n#include <vector>\n',
    "src/money/money_test.cpp":
        '#include "money/money.h"\n#include <doctest/doctest.h>\n#include <fstream>\n',
    "src/books/books.h": "#pragma once\n// books: what was decreed.\n"
    '#include "base/base.h"\n#include "money/money.h"\nint open_bytes();\n',
    "src/books/pack.h": "#pragma once\n// A pack, behind the door.\n",
    "src/books/readers/us_hts.cpp": '#include "books/pack.h"\n#include <toml++/toml.h>\n#include <fstream>\n',
    "src/cli/cli.h": '#pragma once\n// cli: asks.\n#include "base/base.h"\n#include "books/books.h"\n',
    "fuzz/reader_us_hts.cpp": '#include "books/pack.h"\nint fuzz() { return open_bytes(); }\n',
}

LONG_FUNCTION = "namespace allroads {\nint story(int a) {\n" + "    a += 1;\n" * 70 + "    return a;\n}\n}\n"
LONG_MEMBER = (
    "namespace allroads {\nThing::Thing(int a) : a_{a}, b_(2) {\n" + "    a_ += 1;\n" * 70 + "}\n}\n"
)
NOT_A_FUNCTION = (
    "namespace allroads {\nconstexpr int table[] = {\n"
    + "    1,\n" * 90
    + "};\nstruct Wide {\n"
    + "    int a;\n" * 90
    + "};\n}\n"
)

# (rule, file, what is planted: a text appended, or (old, new), or None to remove the file).
PLANTS = [
    ("graph", "CMakeLists.txt", "room(origin NEEDS base USES)\n"),
    ("graph", "CMakeLists.txt", ("room(money NEEDS base", "room(money NEEDS base books")),
    ("graph", "CMakeLists.txt", ("room(cli   NEEDS base books USES)\n", "")),
    ("graph", "src/cli/cli.h", None),
    ("graph", "src/ledger/ledger.h", "#pragma once\n// ledger: entries.\n"),
    ("doors", "src/cli/print.cpp", '#include "books/pack.h"\n'),
    ("doors", "src/cli/print.cpp", '#include "cli.h"\n'),
    ("doors", "src/cli/print.cpp", '#include <books/books.h>\n'),
    ("doors", "bench/bench_quote.cpp", '#include "books/pack.h"\n'),
    ("arrows", "src/base/base.cpp", '#include "money/money.h"\n'),
    ("arrows", "src/cli/print.cpp", '#include "money/money.h"\n'),
    ("arrows", "CMakeLists.txt", ("room(cli   NEEDS base books", "room(cli   NEEDS base money books")),
    ("pure", "src/money/rate.cpp", "#include <fstream>\n"),
    ("pure", "src/money/rate.cpp", "#include <random>\n"),
    ("pure", "src/money/rate.cpp", "#include <mutex>\n"),
    ("pure", "src/money/rate.cpp", "#include <sys/stat.h>\n"),
    ("pure", "src/money/rate.cpp", "auto const now = std::chrono::system_clock::now();\n"),
    ("pure", "src/money/rate.cpp", 'auto const* home = std::getenv("HOME");\n'),
    ("pure", "src/money/rate.cpp", "int const low = std::tolower(65);\n"),
    ("keepers", "src/cli/print.cpp", "#include <unicode/uchar.h>\n"),
    ("keepers", "src/money/rate.cpp", "#include <boost/json.hpp>\n"),
    ("keepers", "src/books/rows.cpp", "#include <sqlite3.h>\n"),
    ("keepers", "src/cli/print.cpp", "#include <archive.h>\n"),
    ("keepers", "src/cli/print.cpp", "#include <some/library.hpp>\n"),
    ("keepers", "src/cli/print.cpp", "#include <doctest/doctest.h>\n"),
    ("keepers", "src/books/hash.cpp", "#include <xxhash.h>\n"),
    ("keepers", "CMakeLists.txt", ("USES toml", "USES toml sqlite")),
    ("binary_fractions", "src/money/rate.cpp", "namespace { double rate = 0.1; }\n"),
    ("binary_fractions", "src/cli/print.cpp", "namespace { float rate = 0.1F; }\n"),
    ("try_in_braces", "src/base/text.cpp", "auto f() { return A{.a = g(), .b = TRY(h())}; }\n"),
    ("coroutines", "src/books/fetch.cpp", "int fetch() { co_return 1; }\n"),
    ("coroutines", "src/books/fetch.cpp", "#include <coroutine>\n"),
    ("unheard_properties", "src/money/rate_test.cpp", "void f() {\n    rc::check([] {});\n}\n"),
    ("header_opening", "src/books/rows.h", "#pragma once\n#include <string>\n"),
    ("header_opening", "src/books/rows.h", "// rows\n#pragma once\n"),
    ("lines", "src/money/rate.cpp", "// " + "x" * 108 + "\n"),
    ("lines", "src/money/rate.cpp", "\tint a = 1;\n"),
    ("lines", "src/money/rate.cpp", "int a = 1; \n"),
    ("lines", "tools/make.py", "a = 1"),
    ("function_size", "src/money/rate.cpp", LONG_FUNCTION),
    ("function_size", "src/money/rate.cpp", LONG_MEMBER),
    ("left_for_later", "src/money/rate.cpp", "// TO" + "DO: round\n"),
    ("left_for_later", "tools/make.py", "# FIX" + "ME\n"),
    ("big_files", "packs/us/measures.csv", "x" * 1_000_001),
    ("secrets", "docs/notes.md", "-----BEGIN " + "PRIVATE KEY-----\n"),
    ("secrets", "src/cli/print.cpp", 'auto const pass' + 'word = "hunter2hunter2";\n'),
    ("machine_paths", "docs/notes.md", "It lies in /ho" + "me/anna/allroads.\n"),
    ("architecture_rooms", "ARCHITECTURE.md", ("| `money` | x |\n", "")),
    ("architecture_rooms", "ARCHITECTURE.md", ("| `money` | x |\n", "| `money` | x |\n| `origin` | x |\n")),
    ("architecture_rooms", "ARCHITECTURE.md", "| `money` | x |\n"),
    ("dependencies", "scripts/setup", ("g++   the compiler\n", "g++   the compiler\ncmake  the build\n")),
    ("dependencies", "scripts/setup", ("g++   the compiler\n", "g++\n")),
    ("dependencies", "cmake/rooms.cmake", ("set(USES_toml toml)\n", "")),
    ("errors_page", "docs/reference/errors.md", "| `bad-day` | 422 | 2 | Another |\n"),
    ("errors_page", "src/base/base.h", ("422, 2", "400, 2")),
    ("fuzzed", "src/books/readers/ecb_fx.cpp", '#include "books/pack.h"\n'),
    ("fuzzed", "fuzz/reader_us_hts.cpp", ("open_bytes()", "1")),
    ("links", "docs/notes.md", "See [this](nowhere.md).\n"),
    ("decisions", "docs/decisions/0003-third.md", CLEAN["docs/decisions/0001-first.md"]),
    ("decisions", "docs/decisions/0001-first.md", ("## Context\n", "")),
    ("decisions", "docs/decisions/notes.md", "x\n"),
]
# What looks like a violation and is none.
HARMLESS = [
    ("src/money/table.cpp", NOT_A_FUNCTION),
    ("src/money/rate.cpp", "// system_clock, double and co_await are words of a comment\n"),
    ("src/money/rate.cpp", 'auto const text = R"(getenv double co_yield)";\n'),
    ("src/money/rate_test.cpp", "#include <fstream>\n#include <rapidcheck.h>\n"),
    ("fuzz/edition.cpp", '#include "books/pack.h"\n'),
    (
        "bench/bench_quote.cpp",
        '#include "books/books.h"\n#include <benchmark/benchmark.h>\n#include <sqlite3.h>\n',
    ),
    ("src/money/rate.cpp", "// TO" + "DO (#12): round\n"),
]


def grow(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def planted(name: str, change) -> dict[str, str]:
    """The clean tree with one change."""
    files = dict(CLEAN)
    if change is None:
        del files[name]
    elif isinstance(change, tuple):
        assert change[0] in files[name], (name, change)
        files[name] = files[name].replace(*change)
    else:
        files[name] = files.get(name, "") + change
    return files


def fired(files: dict[str, str]) -> list[tuple[str, str, int, str]]:
    with tempfile.TemporaryDirectory() as folder:
        grow(Path(folder), files)
        return tidy.findings(Path(folder))


def main() -> int:
    failures = [f"the clean tree: {finding}" for finding in fired(CLEAN)]
    for rule, name, change in PLANTS:
        found = fired(planted(name, change))
        hits = [finding for finding in found if finding[0] == rule]
        if hits:
            print(f"{rule:20} {hits[0][1]}:{hits[0][2]}: {hits[0][3]}")
        else:
            failures.append(f"{rule} does not fire on {change!r:.60} in {name}; found: {found}")
    for name, text in HARMLESS:
        failures += [f"harmless {name} {text!r:.40}: {finding}" for finding in fired(planted(name, text))]
    for rule in tidy.RULES:
        if rule.__name__ not in {plant[0] for plant in PLANTS}:
            failures.append(f"no violation of {rule.__name__} is planted")
    for failure in failures:
        print("FAILED", failure)
    print(
        f"{len(tidy.RULES)} rules, {len(PLANTS)} planted, {len(HARMLESS)} harmless, {len(failures)} failures"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
