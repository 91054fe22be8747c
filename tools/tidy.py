#!/usr/bin/env python3
"""Holds the tree to the rules that CONVENTIONS.md marks with a gear and to what ARCHITECTURE.md says. A test.

  tools/tidy.py [FOLDER]     every finding as path:line: rule: what is wrong; status 1 if there is any
  tools/tidy.py --rules      the rules, one a line
  tools/tidy.py --planted    plants a violation of every rule in a small tree and shows that it is found

One function a rule; its first line is the rule. An exemption stands in a table below, with its reason.
"""
import bisect
import re
import subprocess
import sys
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import generate_errors  # noqa: E402

# ---- what the rules know -------------------------------------------------------------------------

# Values and engines: answers from arguments alone.
PURE_ROOMS = ["base", "money", "goods", "tariff", "origin", "freight", "screen", "quote", "classify", "market",
              "paper"]
# Faces ask; no face calls another. `contract` is not one of them: it is what they share.
FACES = ["cli", "web", "api", "peer", "agent"]

IMPURE_HEADERS = set(
    "fstream iostream istream ostream sstream iomanip cstdio stdio.h filesystem random ctime time.h locale "
    "clocale thread mutex shared_mutex condition_variable future syncstream semaphore barrier latch unistd.h "
    "fcntl.h csignal signal.h".split()
)
IMPURE_WORDS = re.compile(
    r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock|clock_gettime|gettimeofday|localtime|"
    r"gmtime|getenv|secure_getenv|setenv|setlocale|random_device|mt19937(?:_64)?|srand|fopen|printf|"
    r"fprintf|puts)\b|"
    r"\bstd::(?:time|rand|system|tolower|toupper|isalpha|isdigit|isspace|isalnum|ispunct|isupper|islower|"
    r"strtod|stod|stof|cout|cerr|cin)\b"
)

# Outside library: how its headers begin, which word of USES means it, and which rooms or files keep it.
LIBRARIES = [
    ("unicode/", "icu", ["src/base/text.cpp", "src/locale/", "src/search/"]),
    # shop: a listing is its document: what is stored, shown and signed are the same bytes (decisions/0017).
    ("boost/json", "json",
     ["src/books/", "src/wire/", "src/contract/", "src/feeds/", "tools/web_preview.cpp"]
     + [f"src/{face}/" for face in FACES]),
    ("archive.h", "archive", ["src/books/", "src/feeds/"]),
    ("archive_entry.h", "archive", ["src/books/", "src/feeds/"]),
    ("sodium", "sodium", ["src/pay/", "src/books/", "src/people/", "src/photo/", "src/shop/", "src/hub/", "src/ledger/"]),
    ("libstemmer.h", "stemmer", ["src/classify/"]),
    ("toml++/", "toml", ["src/books/"]),
    ("libxml/", "xml", ["src/books/", "src/pay/"]),
    ("pugixml", "pugixml", ["src/books/", "src/feeds/"]),
    ("xlsxwriter.h", "xlsxwriter", ["src/feeds/"]),
    ("vips/", "vips", ["src/photo/"]),
    ("boost/locale", "boost_locale", ["src/locale/"]),
    ("xxhash.h", "xxhash", ["src/books/"]),
    ("CLI/", "cli11", ["src/cli/"]),
    ("fmt/", "fmt", ["src/cli/"]),
    ("boost/asio", "beast", ["src/net/", "fuzz/"]),
    ("boost/beast", "beast", ["src/net/", "fuzz/"]),  # fuzz/ holds our reader against Beast's
    ("openssl/", "openssl", ["src/net/", "src/people/", "src/hub/"]),
    ("zlib.h", "zlib", ["src/net/"]),
    ("brotli/", "brotli", ["src/net/"]),
    ("prometheus/", "prometheus", ["src/net/"]),
    ("sqlite3.h", "sqlite", ["src/db/", "bench/"]),  # bench/ asks the same question as SQL, to compare
    ("libpq-fe.h", "libpq", ["src/db/"]),
    ("cairo", "cairo", ["src/paper/"]),
    ("pango/", "pango", ["src/paper/"]),
    ("zint.h", "zint", ["src/paper/"]),
    ("ctemplate/", "ctemplate", ["src/web/"]),
]
# For tests and benchmarks; they are no part of any room.
TEST_LIBRARIES = [
    ("doctest/", r"_test\.cpp$|^tests/"),
    ("rapidcheck", r"_test\.cpp$|^tests/"),
    ("benchmark/", r"^bench/"),
]
# Of the operating system and the standard library; any other <x/y> or <x.h> is a library without a keeper.
SYSTEM_HEADERS = re.compile(
    r"^(?:[a-z_0-9]+|sys/\w+\.h|cxxabi\.h|dlfcn\.h|(?:stdio|unistd|fcntl|time|signal|errno|string|math|stdint|stdlib|"
    r"poll|dirent|limits|execinfo|malloc|sched|termios)\.h|(?:arpa|net|netinet)/\w+\.h|(?:x86intrin|immintrin|arm_neon)\.h)$"
)

# Files where double or float may stand in src/, with the reason. No amount, rate or quantity passes there.
LIKENESS = "how like words are, and how sure an answer is: weights and shares, never an amount"
BINARY_FRACTIONS_ALLOWED: dict[str, str] = {
    "src/classify/evidence.cpp": LIKENESS,
    "src/classify/evidence.h": LIKENESS,
    "src/classify/facets.cpp": LIKENESS,
    "src/classify/facets.h": LIKENESS,
    "src/classify/answer.cpp": LIKENESS,
    "src/classify/doubt.cpp": LIKENESS,
    "src/classify/doubt.h": LIKENESS,
    "src/classify/index.h": LIKENESS,
    "src/classify/index_bytes.cpp": LIKENESS,
    "src/classify/linear.cpp": LIKENESS,
    "src/classify/linear.h": LIKENESS,
    "src/classify/sense.cpp": LIKENESS,
    "src/classify/sense.h": LIKENESS,
    "src/classify/spelling.cpp": LIKENESS,
    "src/classify/spelling.h": LIKENESS,
    "src/classify/tables.cpp": LIKENESS,
    "src/classify/train.cpp": LIKENESS,
}

# Files longer than a megabyte that belong in the tree, with the reason.
BIG_FILES_ALLOWED: dict[str, str] = {}
BIG_BYTES = 1_000_000

# Parsers of outside text besides the readers: what a fuzz target must call.
FUZZED_DOORS = {
    "DutyText::parse": "duty texts",
    "Codec": "the JSON request",
    "open_bytes": "the edition file",
    "rule_from_prose": "the wording of rules of origin",
    "Index::open": "the compiled words",
    "classify::classify": "what people type",
    "wire::parse": "JSON of any kind",
    "feeds::read": "files of other shop systems",
    "read_xlsx": "spreadsheets",
    "parse_aside": "what was kept of a file",
    "read_head": "the head of a request",
    "ChunkReader": "chunked bodies",
    "form_of": "forms of pages",
    "read_money": "numbers and amounts as people type them",
    "negotiate": "the languages a browser asks for",
    "Index::open_bytes": "the saved index of search, and what people look for",
    "normalise": "pictures that are sent",
    "read_statements": "statements of banks",
    "MobileMoney": "callbacks and answers of wallets",
    "parse_deal": "deals, their terms and events",
}

LINE_COLUMNS = 110
SCRIPT_COLUMNS = 125  # Python: tests and tools carry whole sentences and CSV headers
# Files whose lines may be longer, with the reason.
LONG_LINES_ALLOWED = {"tools/starter_facts.py": "a table: one fact a line, as a CSV file would have it"}
FUNCTION_LINES = 70
CODE_SUFFIXES = {".cpp", ".h", ".py", ".cmake", ".sh"}
CODE_NAMES = {"CMakeLists.txt", "run", "test", "dev", "setup", ".ci/run"}
SKIPPED_FOLDERS = {".git", "build", "data", ".ccache", "__pycache__"}

# ---- the tree ------------------------------------------------------------------------------------


class Tree:
    """The files of a folder: those git knows or would add; all of them where there is no git."""

    def __init__(self, root: Path):
        self.root = root
        self.texts: dict[str, str] = {}
        self.bares: dict[str, str] = {}

    @cached_property
    def files(self) -> list[str]:
        asked = subprocess.run(
            ["git", "-C", str(self.root), "ls-files", "-co", "--exclude-standard"],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 0 and (self.root / ".git").exists():
            names = asked.stdout.splitlines()
        else:
            names = [
                str(path.relative_to(self.root))
                for path in self.root.rglob("*")
                if not SKIPPED_FOLDERS & set(path.relative_to(self.root).parts)
            ]
        return sorted(name for name in names if (self.root / name).is_file())

    def text(self, name: str) -> str:
        if name not in self.texts:
            path = self.root / name
            self.texts[name] = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        return self.texts[name]

    def bare(self, name: str) -> str:
        """C++ without comments and the insides of literals; lines stay where they are."""
        if name not in self.bares:
            self.bares[name] = bare_cpp(self.text(name))
        return self.bares[name]

    @cached_property
    def cpp(self) -> list[str]:
        return [name for name in self.files if name.endswith((".cpp", ".h"))]

    @cached_property
    def src(self) -> list[str]:
        return [name for name in self.cpp if name.startswith("src/")]

    @cached_property
    def code(self) -> list[str]:
        return [
            name
            for name in self.files
            if Path(name).suffix in CODE_SUFFIXES or name in CODE_NAMES or Path(name).name in CODE_NAMES
        ]

    @cached_property
    def rooms(self) -> dict[str, dict]:
        """Of the room() lines of CMakeLists.txt, in their order."""
        found = {}
        text = self.text("CMakeLists.txt")
        for match in re.finditer(r"^room\((\w+)\s+NEEDS\b([^)]*?)\bUSES\b([^)]*)\)", text, re.M):
            found[match[1]] = {
                "needs": match[2].split(),
                "uses": match[3].replace(" LAZY ", " ").split(),
                "line": text.count("\n", 0, match.start()) + 1,
            }
        return found

    @cached_property
    def folders(self) -> list[str]:
        return sorted({name.split("/")[1] for name in self.files if re.match("src/[^/]+/", name)})

    def includes(self, name: str) -> list[tuple[int, str, bool]]:
        """(line, header, quoted) of each #include."""
        found = []
        for number, line in enumerate(self.text(name).split("\n"), 1):
            match = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', line)
            if match:
                found.append((number, match[1] or match[2], match[1] is not None))
        return found


LITERALS = re.compile(
    r"//(?:\\\n|[^\n])*|/\*.*?\*/|R\"(?P<tag>[^(\s]{0,16})\(.*?\)(?P=tag)\"|\"(?:\\.|[^\"\\\n])*\"|"
    r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.S,
)


def bare_cpp(text: str) -> str:
    def blank(match: re.Match) -> str:
        whole = match[0]
        if whole.startswith("/"):
            return re.sub(r"[^\n]", " ", whole)
        quote = "'" if whole[0] == "'" else '"'
        return quote + "\n" * whole.count("\n") + quote

    return LITERALS.sub(blank, text)


def room_of(name: str) -> str | None:
    parts = name.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


# ---- the house -----------------------------------------------------------------------------------


def graph(tree: Tree):
    """room() lines name exactly the folders of src/; a room needs only those above it; no face a face."""
    seen: list[str] = []
    for room, facts in tree.rooms.items():
        if room not in tree.folders:
            yield "CMakeLists.txt", facts["line"], f"room({room}) has no folder src/{room}"
        elif f"src/{room}/{room}.h" not in tree.files:
            yield "CMakeLists.txt", facts["line"], f"room {room} has no door src/{room}/{room}.h"
        for need in facts["needs"]:
            if need not in seen:
                yield "CMakeLists.txt", facts["line"], f"{room} needs {need}, which is no room above it"
            if room in FACES and need in FACES:
                yield "CMakeLists.txt", facts["line"], f"the face {room} needs the face {need}"
        seen.append(room)
    for folder in tree.folders:
        if folder not in tree.rooms:
            yield "CMakeLists.txt", 1, f"src/{folder} has no room() line"


def doors(tree: Tree):
    """From outside only the door of a room is included, as "room/room.h"; fuzz/ may reach behind doors, and
    tests may include what a room offers to the tests of others, "room/…_in_test.h"."""
    for name in tree.cpp:
        for number, header, quoted in tree.includes(name):
            if not quoted:
                if header.split("/")[0] in tree.rooms and f"src/{header}" in tree.files:
                    yield name, number, f'<{header}> is ours: write "{header}"'
                continue
            target = header.split("/")[0]
            if name.startswith("src/") and (target not in tree.rooms or "/" not in header or ".." in header):
                yield name, number, f'"{header}" does not begin with its room'
            elif target in tree.rooms and target != room_of(name) and header != f"{target}/{target}.h":
                offered = header.endswith("_in_test.h") and name.endswith("_test.cpp")
                if not name.startswith("fuzz/") and not offered:
                    yield name, number, f'"{header}" is behind the door "{target}/{target}.h"'


def arrows(tree: Tree):
    """What a room includes of other rooms is what its NEEDS say, no more and no less."""
    used: dict[str, set[str]] = {room: set() for room in tree.rooms}
    for name in tree.src:
        room = room_of(name)
        if room not in tree.rooms:
            continue
        for number, header, quoted in tree.includes(name):
            target = header.split("/")[0]
            if not quoted or target == room or target not in tree.rooms:
                continue
            used[room].add(target)
            if target not in tree.rooms[room]["needs"]:
                yield name, number, f"{room} includes {target}, which its room() line does not name"
    for room, facts in tree.rooms.items():
        for need in facts["needs"]:
            if need not in used[room]:
                yield "CMakeLists.txt", facts["line"], f"{room} NEEDS {need} but includes nothing of it"


def pure(tree: Tree):
    """Values and engines do no I/O, take no locks and read no clock, environment, locale or random source."""
    for name in tree.src:
        if room_of(name) not in PURE_ROOMS or name.endswith("_test.cpp"):  # tests may read official files
            continue
        for number, header, quoted in tree.includes(name):
            if not quoted and (header in IMPURE_HEADERS or header.startswith("sys/")):
                yield name, number, f"<{header}> in the pure room {room_of(name)}"
        bare = tree.bare(name)
        for match in IMPURE_WORDS.finditer(bare):
            yield name, line_at(bare, match.start()), f"{match[0]} in the pure room {room_of(name)}"


def keepers(tree: Tree):
    """Only its keeper includes an outside library; USES names exactly the libraries a room includes."""
    used: dict[str, set[str]] = {room: set() for room in tree.rooms}
    for name in tree.cpp:
        for number, header, quoted in tree.includes(name):
            if quoted or SYSTEM_HEADERS.match(header):
                continue
            test_only = next((where for start, where in TEST_LIBRARIES if header.startswith(start)), None)
            if test_only is not None:
                if not re.search(test_only, name):
                    yield name, number, f"<{header}> is for tests or benchmarks only"
                continue
            library = next((row for row in LIBRARIES if header.startswith(row[0])), None)
            if library is None:
                yield name, number, f"<{header}> is of a library without a keeper"
            elif not any(name.startswith(keeper) for keeper in library[2]):
                yield name, number, f"<{header}>: only {', '.join(library[2])} may include it"
            elif room_of(name) in used:
                used[room_of(name)].add(library[1])
    for room, facts in tree.rooms.items():
        for extra in sorted(set(facts["uses"]) - used[room]):
            yield "CMakeLists.txt", facts["line"], f"{room} USES {extra} but includes nothing of it"
        for missing in sorted(used[room] - set(facts["uses"])):
            yield "CMakeLists.txt", facts["line"], f"{room} includes {missing}, which its USES do not name"


# ---- values and concurrency ----------------------------------------------------------------------


def binary_fractions(tree: Tree):
    """No double and no float in src/: money, rates and quantities are exact decimals."""
    for name in tree.src:
        if name not in BINARY_FRACTIONS_ALLOWED:
            for match in re.finditer(r"\b(?:double|float)\b", tree.bare(name)):
                number = line_at(tree.bare(name), match.start())
                yield name, number, f"{match[0]}: use Decimal or whole numbers"


def coroutines(tree: Tree):
    """No coroutines: g++ 12 compiles some of them to wrong code (docs/decisions/0003)."""
    for name in tree.cpp:
        for match in re.finditer(r"\bco_(?:await|return|yield)\b", tree.bare(name)):
            yield name, line_at(tree.bare(name), match.start()), match[0]
        for number, header, _ in tree.includes(name):
            if header == "coroutine":
                yield name, number, "<coroutine>"


def unheard_properties(tree: Tree):
    """What rc::check answers is looked at: by itself it only prints that a property does not hold."""
    for name in tree.cpp:
        for match in re.finditer(r"^[ \t]*rc::check\(", tree.bare(name), re.M):
            yield name, line_at(tree.bare(name), match.end()), "CHECK(rc::check(…))"


# ---- files ---------------------------------------------------------------------------------------


def try_in_braces(tree: Tree):
    """What braces hold before a TRY that fails is never given back (g++ 12): work it out before them."""
    for name in tree.cpp:
        if not name.startswith("src/") or name.endswith("_test.cpp"):
            continue
        bare = tree.bare(name)
        for match in re.finditer(r",\s*\.\w+\s*=\s*[^;,{}]*\bTRY\(", bare):
            yield name, line_at(bare, match.end()), "TRY in braces behind another member"


def header_opening(tree: Tree):
    """A header opens with #pragma once and a comment that says what it knows and promises."""
    for name in tree.cpp:
        if name.endswith(".h"):
            lines = tree.text(name).split("\n")
            if lines[0] != "#pragma once" or len(lines) < 2 or not re.match(r"// \S", lines[1]):
                yield name, 1, "open with #pragma once and, on the next line, a comment"


def lines(tree: Tree):
    """Code lines have at most 110 columns, no tabs and no blanks at their end; files end with a newline."""
    for name in tree.code:
        text = tree.text(name)
        for number, line in enumerate(text.split("\n"), 1):
            limit = SCRIPT_COLUMNS if name.endswith(".py") else LINE_COLUMNS
            if len(line) > limit and name not in LONG_LINES_ALLOWED:
                yield name, number, f"{len(line)} columns; {limit} at most"
            if "\t" in line:
                yield name, number, "a tab"
            if line != line.rstrip():
                yield name, number, "blanks at the end of the line"
        if text and not text.endswith("\n"):
            yield name, line_at(text, len(text)), "no newline at the end of the file"


CONTROL = re.compile(r"^(?:else\b|do\b|try\b|if\b|for\b|while\b|switch\b|catch\b|namespace\b|enum\b)")
FUNCTION_END = re.compile(r"(?:\)|\]|\b(?:const|noexcept|override|final|mutable)|\})$")
SCOPE = re.compile(r"\b(?:class|struct|union|namespace|enum|extern)\b")


def function_spans(bare: str):
    """(first line, last line) of each function body outside other functions, from bare C++."""
    bare = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), bare, flags=re.M)
    starts = [match.end() for match in re.finditer(r"\n", bare)]
    stack: list[tuple[str, int]] = []
    head, head_at = "", 0
    for match in re.finditer(r"[{};]|[^{};]+", bare):
        piece = match[0]
        inside = any(kind in ("function", "values") for kind, _ in stack)
        if piece == "{":
            words = re.sub(r"\b(?:public|private|protected)\s*:(?!:)", "", head).strip()
            if inside:
                kind = "block"
            elif (
                FUNCTION_END.search(words)
                and "(" in words
                and not CONTROL.match(words)
                or re.search(r"\)[^=]*->[^=]*$", words)
            ):
                kind = "function"
            elif re.search(r"=\s*$|[\w>]$", words) and not SCOPE.search(words):
                kind = "values"
            else:
                kind = "scope"
            stack.append((kind, head_at))
            if kind != "block" and kind != "values":
                head = ""
        elif piece == "}":
            kind, at = stack.pop() if stack else ("scope", 0)
            if kind == "function":
                yield bisect.bisect_right(starts, at) + 1, bisect.bisect_right(starts, match.start()) + 1
            if kind == "values" and not any(k == "function" for k, _ in stack):
                head += "{}"
            elif kind != "block":
                head = ""
        elif piece == ";":
            if not inside:
                head = ""
        elif not inside:
            if not head.strip():
                head_at = match.start() + len(piece) - len(piece.lstrip())
            head += piece


def function_size(tree: Tree):
    """A function fits on a screen: 70 lines at most."""
    for name in tree.cpp:
        for first, last in function_spans(tree.bare(name)):
            if last - first + 1 > FUNCTION_LINES:
                yield name, first, f"a function of {last - first + 1} lines; {FUNCTION_LINES} at most"


def left_for_later(tree: Tree):
    """Nothing is left for later without a link to its issue."""
    words = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b(?!\s*\(#\d+\))")
    for name in tree.code:
        for match in words.finditer(tree.text(name)):
            yield name, line_at(tree.text(name), match.start()), f"{match[0]} without (#issue)"


def big_files(tree: Tree):
    """No file is over a megabyte."""
    for name in tree.files:
        size = (tree.root / name).stat().st_size
        if size > BIG_BYTES and name not in BIG_FILES_ALLOWED:
            yield name, 1, f"{size:,} bytes"


SECRETS = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|"
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}|\bsk_live_[A-Za-z0-9]{16,}|"
    r"(?i:\b(?:password|passwd|secret|api_?key|token)\b\s*[=:]\s*[\"'][A-Za-z0-9+/_-]{12,}[\"'])"
)


def secrets(tree: Tree):
    """Nothing that looks like a key, a token or a password."""
    for name in tree.files:
        if (tree.root / name).stat().st_size <= BIG_BYTES:
            for match in SECRETS.finditer(tree.text(name)):
                yield name, line_at(tree.text(name), match.start()), "this looks like a secret"


def machine_paths(tree: Tree):
    """No path of one developer's machine."""
    pattern = re.compile(r"(?<![\w./~$}>*-])/(?:home/[a-z]\w*|root|Users/\w+|work)(?:/|\b)(?!\*)")
    for name in tree.files:
        if name in tree.code or Path(name).suffix in {".md", ".json", ".toml", ".txt", ".case"}:
            for match in pattern.finditer(tree.text(name)):
                yield name, line_at(tree.text(name), match.start()), f"{match[0]} is a path of one machine"


# ---- documents -----------------------------------------------------------------------------------


def section(text: str, title: str) -> tuple[int, str]:
    """Place and text of the second-level section whose title begins so; (-1, "") if there is none."""
    match = re.search(rf"^## {title}.*?(?=^## |\Z)", text, re.M | re.S)
    return (match.start(), match[0]) if match else (-1, "")


def architecture_rooms(tree: Tree):
    """ARCHITECTURE.md names exactly the rooms that exist, and none of them as not built yet."""
    name = "ARCHITECTURE.md"
    text = tree.text(name)
    at, standing = section(text, "The house")
    named = re.findall(r"^\| `(\w+)` \|", standing, re.M)
    number = line_at(text, max(at, 0))
    for room in tree.rooms:
        if room not in named:
            yield name, number, f"the table of rooms does not name {room}"
    for room in named:
        if room not in tree.rooms:
            yield name, number, f"the table of rooms names {room}, which does not exist"
    at, later = section(text, "Not built yet")
    for room in re.findall(r"^\| `(\w+)` \|", later, re.M):
        if room in tree.rooms:
            yield name, line_at(text, at), f"{room} stands, but is listed as not built yet"


def dependencies(tree: Tree):
    """Each package of scripts/setup stands in ARCHITECTURE.md, each library in cmake/rooms.cmake."""
    setup = tree.text("scripts/setup")
    for block in re.finditer(r"^\w*packages='\n(.*?)^'", setup, re.M | re.S):
        for line in block[1].splitlines():
            package, _, why = line.strip().partition(" ")
            number = line_at(setup, setup.find("\n" + line)) + 1
            if package and not why.strip():
                yield "scripts/setup", number, f"{package} has no reason beside it"
            if package and f"`{package}`" not in tree.text("ARCHITECTURE.md"):
                yield "scripts/setup", number, f"ARCHITECTURE.md does not name `{package}`"
    for room, facts in tree.rooms.items():
        for use in facts["uses"]:
            if not re.search(rf"^set\(USES_{use}\b", tree.text("cmake/rooms.cmake"), re.M):
                yield "CMakeLists.txt", facts["line"], f"cmake/rooms.cmake does not know the library {use}"


def errors_page(tree: Tree):
    """docs/reference/errors.md is what tools/generate_errors.py makes of HUB_CODES."""
    if tree.text("docs/reference/errors.md") != generate_errors.page(tree.text("src/base/base.h")):
        yield "docs/reference/errors.md", 1, "differs from HUB_CODES; run tools/generate_errors.py"


NO_READERS = ["readers"]  # the list of them


def fuzzed(tree: Tree):
    """Every reader and every other parser of outside text has a fuzz target."""
    targets = "\n".join(tree.text(name) for name in tree.cpp if name.startswith("fuzz/"))
    for name in tree.src:
        match = re.match(r"src/books/readers/(\w+)\.cpp$", name)
        if not match or match[1].endswith("_test") or match[1] in NO_READERS:
            continue
        if name.replace(".cpp", ".h") in tree.files:  # what several readers share
            continue
        if f"fuzz/reader_{match[1]}.cpp" in tree.files:
            continue
        if not re.search(rf"\b{match[1]}\b|\b{match[1].replace('_', '-')}\b", tree.text("fuzz/readers.cpp")):
            yield name, 1, f"no fuzz/reader_{match[1]}.cpp, and fuzz/readers.cpp does not name it"
    for call, what in FUZZED_DOORS.items():
        declared = any(call.split("::")[0] in tree.bare(name) for name in tree.src if name.endswith(".h"))
        if declared and call not in targets:
            yield "fuzz", 1, f"no fuzz target calls {call}: {what}"


def links(tree: Tree):
    """Relative links of the documents lead somewhere."""
    for name in tree.files:
        if not name.endswith(".md"):
            continue
        text = re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"), tree.text(name), flags=re.M | re.S)
        for match in re.finditer(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if not re.match(r"[a-z]+:", match[1]):
                if not ((tree.root / name).parent / match[1]).exists():
                    yield name, line_at(text, match.start()), f"{match[1]} does not exist"


def decisions(tree: Tree):
    """Decisions are numbered without a gap; each has context, decision, consequences and a date."""
    numbers = []
    for name in tree.files:
        match = re.match(r"docs/decisions/(\d{4})-[a-z0-9-]+\.md$", name)
        if not match:
            if name.startswith("docs/decisions/") and name != "docs/decisions/README.md":
                yield name, 1, "a decision is named 0007-what-it-says.md"
            continue
        numbers.append(int(match[1]))
        for part in ("## Context", "## Decision", "## Consequences"):
            if part not in tree.text(name):
                yield name, 1, f"has no {part}"
        if not re.search(r"^Date: \d{4}-\d\d-\d\d", tree.text(name), re.M):
            yield name, 1, "has no line Date: YYYY-MM-DD"
    if numbers != list(range(1, len(numbers) + 1)):
        yield "docs/decisions", 1, f"numbers have a gap or a double: {numbers}"


RULES = [
    graph,
    doors,
    arrows,
    pure,
    keepers,
    binary_fractions,
    coroutines,
    try_in_braces,
    unheard_properties,
    header_opening,
    lines,
    function_size,
    left_for_later,
    big_files,
    secrets,
    machine_paths,
    architecture_rooms,
    dependencies,
    errors_page,
    fuzzed,
    links,
    decisions,
]


def findings(root: Path) -> list[tuple[str, str, int, str]]:
    """(rule, path, line, what) of everything that is wrong."""
    tree = Tree(root)
    return [(rule.__name__, path, number, what) for rule in RULES for path, number, what in rule(tree)]


def main() -> int:
    arguments = sys.argv[1:]
    if "--rules" in arguments:
        for rule in RULES:
            print(f"{rule.__name__:20} {rule.__doc__.splitlines()[0]}")
        return 0
    if "--planted" in arguments:
        import tidy_test

        return tidy_test.main()
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    found = findings(root)
    for rule, path, number, what in found:
        print(f"{path}:{number}: {rule}: {what}")
    print(f"tidy: {len(RULES)} rules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
