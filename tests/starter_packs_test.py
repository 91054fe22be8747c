#!/usr/bin/env python3
"""The packs that ship: their form, and every rate against the official files where those cover it."""
import collections, csv, gzip, json, lzma, os, pathlib, re, sys, tomllib, unittest

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
SHARED = pathlib.Path(os.environ.get("ALLROADS_SHARED_DATA") or SOURCE / "../shared/data")


def rows(pack):
    with open(SOURCE / "packs" / pack / "measures.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(name):
    path = SHARED / name
    opener = gzip.open if name.endswith(".gz") else lzma.open
    with opener(path, "rt", encoding="utf-8-sig") as file:
        return json.load(file)


def plain(rate):
    return re.sub(r"[\s\u200b\u200c\u200d\ufeff]", "", rate or "")


class Form(unittest.TestCase):
    def test_every_pack(self):
        folders = sorted(p for p in (SOURCE / "packs").iterdir() if p.is_dir())
        groups, markets, hs6 = set(), set(), set()
        for folder in folders:
            toml = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
            groups |= {group["name"] for group in toml.get("group", [])}
            markets |= {toml["market"]["code"]} if "market" in toml else set()
        for folder in folders:
            for number, row in enumerate(rows(folder.name), 2):
                where = f"{folder.name} line {number}"
                self.assertRegex(row["hs"], r"^(\d{2,12})?$", where)
                self.assertIn(row["confidence"], ("official", "secondary", "assumed"), where)
                for column in ("duty", "legal", "title", "checked_on"):
                    self.assertTrue(row[column], f"{where}: {column}")
                for name in (row["origins"] + " " + row["excluded"]).split():
                    self.assertTrue(name in groups or re.fullmatch("[A-Z]{2}", name), f"{where}: {name}")
                if len(row["hs"]) >= 6:
                    hs6.add(row["hs"][:6])
        self.assertGreaterEqual(len(hs6), 150)
        for market in "US EU DE FR NL GB CN JP IN ZA KE ECOWAS NG CA AU AE".split():
            self.assertIn(market, markets)


@unittest.skipUnless(SHARED.exists(), "the folder of official files is not there")
class AgainstTheFiles(unittest.TestCase):
    checked = collections.Counter()

    @classmethod
    def tearDownClass(cls):
        for market, count in sorted(cls.checked.items()):
            print(f"{market}: {count} starter rates checked against the official file")

    def compare(self, pack, market, official, kinds=("third-country",), program=""):
        for row in rows(pack):
            if (
                row["market"] != market
                or row["kind"] not in kinds
                or row["program"] != program
                or row["hs"] not in official
            ):
                continue
            self.assertIn(plain(row["duty"]), official[row["hs"]], f"{market} {row['hs']}")
            self.checked[market + (" " + program if program else "")] += 1

    def test_united_states(self):
        levels, general, other = {}, collections.defaultdict(set), collections.defaultdict(set)
        for row in load("us-hts/hts_2026_rev_10.json.gz"):
            code = re.sub(r"\D", "", row["htsno"])
            for table, key in ((general, "general"), (other, "other")):
                if code and row[key]:
                    for written in (code, code[:8]) if code.endswith("00") else (code,):
                        table[written].add(plain(row[key]))
        self.compare("us-starter", "US", general)
        self.compare("us-starter", "US", other, program="COLUMN2")
        self.assertGreater(self.checked["US"], 500)

    def test_european_union_and_united_kingdom(self):
        data = load("eu-cn8/ukgt_vs_cet_cn8_2020.json.xz")
        data = data["data"] if isinstance(data, dict) else data
        for pack, market, key in (
            ("eu-starter", "EU", "cet_duty_rate"),
            ("gb-starter", "GB", "ukgt_duty_rate"),
        ):
            self.compare(pack, market, {row["commodity"]: {plain(row[key])} for row in data})
            self.assertGreater(self.checked[market], 300)

    def test_australia(self):
        official = collections.defaultdict(set)

        def walk(node):
            if isinstance(node, dict):
                if "referenceNumber" in node:
                    rate = re.match(r"Free|[\d.]+%", plain(node.get("dutyRate")))
                    if rate:
                        official[re.sub(r"\D", "", node["referenceNumber"] or "")].add(rate.group(0))
                for child in node.values():
                    walk(child)
            elif isinstance(node, list):
                for child in node:
                    walk(child)

        walk(load("au/tariff-schedule3.json.xz"))
        self.compare("au-starter", "AU", official)
        self.assertGreater(self.checked["AU"], 200)

    def test_ecowas(self):
        data = load("unctad-afcfta/GHA_to_NGA.json.xz")
        data = data if isinstance(data, list) else next(iter(data.values()))
        official = collections.defaultdict(set)
        for row in data:
            if row["mfn"] not in (None, ""):
                official[re.sub(r"\D", "", str(row["natTarLine"]))].add(format(float(row["mfn"]), "g") + "%")
        self.compare("ecowas-starter", "ECOWAS", official)
        self.assertGreater(self.checked["ECOWAS"], 200)


if __name__ == "__main__":
    unittest.main(verbosity=1)
