#!/usr/bin/env python3
"""docs/security.md against the tree: what it names exists, every verb of the hub and every requirement stands in it."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
# `path` or `path:words that stand in it`
PLACE = re.compile(r"`((?:src|tests|tools|docs|fuzz|cmake|scripts|pages|\.ci)/[\w./-]+|[A-Z][A-Za-z]+\.(?:md|json))"
                   r"(?::([^`]+))?`")
# OWASP ASVS 4.0.3, levels 1 and 2: how far the numbers of each section go, and those that it deleted.
SECTIONS = {
    "1.1": 7, "1.2": 4, "1.4": 5, "1.5": 4, "1.6": 4, "1.7": 2, "1.8": 2, "1.9": 2, "1.10": 1, "1.11": 2,
    "1.12": 2, "1.14": 6,
    "2.1": 12, "2.2": 3, "2.3": 3, "2.4": 5, "2.5": 7, "2.6": 3, "2.7": 6, "2.8": 6, "2.9": 3, "2.10": 4,
    "3.1": 1, "3.2": 4, "3.3": 4, "3.4": 5, "3.5": 3, "3.7": 1, "4.1": 5, "4.2": 2, "4.3": 3,
    "5.1": 5, "5.2": 8, "5.3": 10, "5.4": 3, "5.5": 4, "6.1": 3, "6.2": 6, "6.3": 2, "6.4": 2,
    "7.1": 4, "7.2": 2, "7.3": 4, "7.4": 3, "8.1": 4, "8.2": 3, "8.3": 8, "9.1": 3, "9.2": 4, "10.2": 2, "10.3": 3,
    "11.1": 8, "12.1": 3, "12.2": 1, "12.3": 6, "12.4": 2, "12.5": 2, "12.6": 1, "13.1": 5, "13.2": 6, "13.3": 2, "13.4": 2,
    "14.1": 4, "14.2": 6, "14.3": 3, "14.4": 7, "14.5": 4,
}
ABSENT = {"1.4.2", "1.4.3", "1.12.1", "4.1.4", "7.3.2", "13.1.2", "13.2.4", "14.3.1"}


def rows():
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4 and re.fullmatch(r"\d+\.\d+\.\d+", cells[0]):
            yield cells


class Security(unittest.TestCase):
    def test_what_is_named_exists(self):
        for match in PLACE.finditer(TEXT):
            path = ROOT / match[1]
            self.assertTrue(path.exists(), match[1])
            if match[2] and path.is_file():
                text = " ".join(path.read_text(encoding="utf-8").split())
                self.assertTrue(match[2] in text, match[0])

    def test_the_service_is_shut_in(self):
        text = (ROOT / "scripts/allroads.service").read_text(encoding="utf-8")
        held = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
        for name, value in {"DynamicUser": "yes", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "",
                            "ProtectSystem": "strict", "ProtectHome": "yes", "StateDirectoryMode": "0700",
                            "SystemCallFilter": "@system-service", "MemoryDenyWriteExecute": "yes"}.items():
            self.assertEqual(held.get(name), value, name)
        self.assertIn("time-sync.target", held["After"])
        # What the program asks for itself: connections and what else it opens.
        header = (ROOT / "src/net/net.h").read_text(encoding="utf-8")
        connections = int(re.search(r"connections = ([\d']+);", header)[1].replace("'", ""))
        others = int(re.search(r"descriptors_of_others = (\d+)", (ROOT / "src/net/descriptors.h").read_text())[1])
        self.assertGreaterEqual(int(held["LimitNOFILE"]), connections + others)

    def test_alarms_speak_of_what_is_counted(self):
        text = (ROOT / "scripts/alerts.yml").read_text(encoding="utf-8")
        counted = (ROOT / "src/net/metrics.cpp").read_text(encoding="utf-8")
        names = set(re.findall(r"allroads_\w+", text))
        self.assertGreater(len(names), 2)
        for name in names:
            self.assertIn(f'"{name}"', counted)
        for limit in re.search(r'limit=~"([^"]+)"', text)[1].split("|"):
            self.assertIn(f'"{limit}"', counted)
        pages = " ".join(path.read_text(encoding="utf-8") for path in ROOT.glob("src/[wa]*/*.cpp"))
        for routes in re.findall(r'route=~"POST \(([^)]+)\)"', text):
            for route in routes.split("|"):
                self.assertIn(f'"{route}"', pages)

    def test_tests_are_named_by_their_whole_names(self):
        for name in re.findall(r"`tests/hostile_test\.py:(\w+)`", TEXT):
            self.assertIn(f"    def {name}(self):", (ROOT / "tests/hostile_test.py").read_text(encoding="utf-8"))

    def test_every_requirement_is_answered(self):
        numbers = [number for number, *_ in rows()]
        self.assertEqual(len(numbers), len(set(numbers)))
        wanted = {f"{section}.{n}" for section, most in SECTIONS.items() for n in range(1, most + 1)} - ABSENT
        self.assertEqual(set(numbers) ^ wanted, set())

    def test_answers_are_of_three_kinds_and_counted(self):
        kinds = {"met": 0, "**not met**": 0, "not applicable": 0}
        for number, _, held, by in rows():
            self.assertIn(held, kinds, number)
            kinds[held] += 1
            self.assertTrue(by, number)
        told = f"{kinds['met']} met, {kinds['**not met**']} not met, {kinds['not applicable']} not applicable."
        self.assertIn(told, TEXT)

    def test_every_verb_of_the_hub_has_its_row(self):
        header = (ROOT / "src/hub/hub.h").read_text(encoding="utf-8")
        inside = header[header.index("\nclass Hub {"):header.index("\nprivate:", header.index("\nclass Hub {"))]
        inside = re.sub(r"//[^\n]*|operator=\([^)]*\)|using [^;]*;", "", inside)
        verbs = set(re.findall(r"\b([a-z][a-z_]*)\(", inside))
        part = TEXT[TEXT.index("## Who may ask what"):TEXT.index("## OWASP")]
        told = [name for line in part.splitlines() if line.startswith("| `")
                for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])]
        self.assertEqual(len(told), len(set(told)))
        self.assertEqual(set(told) ^ verbs, set())


if __name__ == "__main__":
    unittest.main()
