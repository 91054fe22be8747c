#!/usr/bin/env python3
"""Cases of origin with an official answer, from published rulings, regulations and guides: docs/origin-cases.md says which.

    origin_rulings_test.py [NAME]       all cases, or those whose name holds NAME with what the program answers

Each case brings its own product rule, so it stands alone; provisions are those that ship, or of an agreement beside
the cases. A case marked `gap` expects "unknown" where the source decides; one marked `contradiction` expects what the
source says and is counted as an expected failure, until the program meets it: then the mark must go, and the test says
so. UPDATE_CASES=1 takes away the marks of cases that are answered as their source does, and nothing else; the diff is
the review.
"""
import collections
import concurrent.futures
import csv
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
FOLDER = SOURCE / "tests" / "origin_rulings"
LEAST = 70

NEEDED = {"name", "says", "source", "url", "checked_on", "agreement", "rules", "dossier", "expect"}
MAY = {"agreement_toml", "figures", "decided", "gap", "contradiction"}
EXPECTED = {"qualifies", "steps", "missing", "codes"}
ANSWERS = {"yes", "no", "unknown"}
OUTCOMES = {"passes": "yes", "fails": "no", "unknown": "unknown"}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def cases():
    return [(path.stem, case) for path in sorted(FOLDER.glob("*.json")) for case in read(path)]


def asked(case):
    """What the program says of a case, in a data folder of its own: the verdict, or the complaint."""
    with tempfile.TemporaryDirectory() as data:
        folder = pathlib.Path(data) / "agreements"
        folder.mkdir()
        with open(folder / f"{case['agreement']}.csv", "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["hs", "part", "rule", "law"])
            for rule in case["rules"]:
                rows.writerow([rule["hs"], rule["part"], rule["rule"], rule["law"]])
        if "agreement_toml" in case:
            shutil.copy(FOLDER / case["agreement_toml"], folder / f"{case['agreement']}.toml")
        dossier = json.dumps(case["dossier"] | {"agreement": case["agreement"]})
        done = subprocess.run([PROGRAM, "--data", data, "origin", "check", "--json"], input=dossier, capture_output=True,
                              text=True, timeout=60)
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def offences(case, verdict):
    """Where a verdict is not the one that is expected, in words."""
    if isinstance(verdict, str):
        return [verdict.strip()]
    expect = case["expect"]
    found = []
    if verdict["qualifies"] != expect["qualifies"]:
        found.append(f"qualifies: {verdict['qualifies']}, expected {expect['qualifies']}")
    for step, answer in expect.get("steps", {}).items():
        outcomes = {OUTCOMES[one["outcome"]] for one in verdict["steps"] if one["step"] == step}
        # Of a step that looks at several things the worst counts, but for a rule that its tolerance rescues.
        worst = next((one for one in ("no", "unknown", "yes") if one in outcomes), "nothing")
        if worst != answer:
            found.append(f"{step}: {worst}, expected {answer}")
    facts = sorted({one["fact"] for one in verdict["missing"]})
    if "missing" in expect and facts != sorted(expect["missing"]):
        found.append(f"missing: {facts}, expected {sorted(expect['missing'])}")
    for code in expect.get("codes", []):
        if code not in {one["code"] for one in verdict["steps"]}:
            found.append(f"{code} is not among what was found")
    return found


class Rulings(unittest.TestCase):
    """One test a case, made below; this class holds what is asked of the cases themselves."""

    def test_0_cases_are_whole(self):
        names = collections.Counter(case["name"] for _, case in ALL)
        self.assertEqual([name for name, count in names.items() if count > 1], [])
        self.assertGreaterEqual(len(ALL), LEAST)
        for file, case in ALL:
            with self.subTest(file=file, case=case["name"]):
                self.assertEqual(NEEDED - set(case), set())
                self.assertEqual(set(case) - NEEDED - MAY, set())
                self.assertEqual(set(case["expect"]) - EXPECTED, set())
                self.assertIn(case["expect"]["qualifies"], ANSWERS)
                self.assertTrue(re.match(r"https?://\S+\.\S+", case["url"]), case["url"])
                self.assertTrue(case["source"] and case["says"])
                self.assertLessEqual(datetime.date.fromisoformat(case["checked_on"]), datetime.date(2099, 1, 1))
                self.assertFalse("gap" in case and "contradiction" in case)
                if "gap" in case:
                    self.assertIn(case["decided"], {"yes", "no"})
                    self.assertEqual(case["expect"]["qualifies"], "unknown")
                if "contradiction" in case:
                    self.assertEqual(case["decided"], case["expect"]["qualifies"])
                if "figures" in case:
                    self.assertEqual(case["figures"], "ours")

    def test_1_the_must_haves_are_among_them(self):
        names = " ".join(case["name"] for _, case in ALL)
        for needed in ("cut and sewn in Bangladesh from Chinese fabric", "merely printed in Bangladesh",
                       "shoes that are packed anew", "shoes that stay in their sealed container"):
            self.assertIn(needed, names)

    def test_2_every_dossier_is_judged(self):
        for _, case in ALL:
            self.assertIsInstance(ANSWERED[case["name"]], dict, f"{case['name']}: {ANSWERED[case['name']]}")


ALL = cases()
ANSWERED = {}


def made(case):
    def test(self):
        verdict = ANSWERED[case["name"]]
        wrong = offences(case, verdict)
        self.assertEqual(wrong, [], f"{case['name']}; {case['source']}: {case['says']}")
    test.__doc__ = case["name"]
    return unittest.expectedFailure(test) if "contradiction" in case else test


for place, (stem, one_case) in enumerate(ALL):
    slug = re.sub(r"\W+", "_", one_case["name"].lower())[:70]
    setattr(Rulings, f"test_{stem}_{place:03}_{slug}", made(one_case))


def setUpModule():
    with concurrent.futures.ThreadPoolExecutor(4) as several:
        answers = several.map(asked, [case for _, case in ALL])
        ANSWERED.update(zip([case["name"] for _, case in ALL], answers, strict=True))


def tearDownModule():
    marked = [case for _, case in ALL if "contradiction" in case]
    gaps = sum("gap" in case for _, case in ALL)
    print(f"{len(ALL)} cases of {len({case['source'].split(',')[0] for _, case in ALL})} sources: "
          f"{len(ALL) - gaps - len(marked)} met, {gaps} not answered yet, {len(marked)} CONTRADICT their source")
    for case in marked:
        verdict = ANSWERED[case["name"]]
        answer = verdict["qualifies"] if isinstance(verdict, dict) else "refused"
        state = {case["decided"]: "met now, take the mark away", "unknown": "no longer answered, mark it as a gap"}
        print(f"  {state.get(answer, 'contradiction')}: {case['name']} ({case['source']})")


def update():
    """Takes the marks away from cases that the program answers as their source does."""
    for path in sorted(FOLDER.glob("*.json")):
        kept = []
        for case in read(path):
            verdict = asked(case) if case.keys() & {"gap", "contradiction"} else {}
            if verdict and not isinstance(verdict, str) and verdict["qualifies"] == case["decided"]:
                print(f"{path.stem}: {case['name']}: answered {case['decided']} now")
                kept.append({key: value for key, value in case.items() if key not in ("gap", "contradiction", "decided")}
                            | {"expect": {"qualifies": case["decided"]}})
            else:
                kept.append(case)
        path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def show(part):
    for file, case in ALL:
        if part in case["name"]:
            verdict = asked(case)
            print(f"{file}: {case['name']}\n  {case['says']}\n  {offences(case, verdict) or 'as expected'}")
            print(json.dumps(verdict, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    if os.environ.get("UPDATE_CASES") == "1":
        update()
    elif len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        show(sys.argv[1])
    else:
        unittest.main()
