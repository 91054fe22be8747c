#!/usr/bin/env python3
"""How many products of the demonstration have a complete delivered price, door by door, and what the others lack.

    demo_coverage.py [--data FOLDER] [--to DE,KE] [--buyer business] [--road express] [--each]

Asks the hub itself, as a visitor of its pages would (by post, to a consumer): one that was filled by
`allroads demo` (--data), else one made for the purpose in a temporary folder. The program is $ALLROADS_BIN, else
build/release/allroads. `--each` names the products.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("ALLROADS_BIN") or str(ROOT / "build/release/allroads")
DOORS = "US DE GB CA AU JP CN IN ZA KE NG AE".split()  # the twelve markets of the starter packs


def asked(port, path, **query):
    query = urllib.parse.urlencode({name: value for name, value in query.items() if value})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}?{query}", timeout=60) as answer:
        return json.load(answer)


def products(port, door):
    """Every product as a search for this door shows it."""
    found, after = [], ""
    while True:
        page = asked(port, "/api/v1/products", order="delivered", rows=100, after=after, **door)
        found += page["products"]
        after = page.get("next", "")
        if not after:
            return found


def lacking(port, door, product):
    """What the product's own page says is missing, in short."""
    try:
        told = asked(port, "/api/v1/products/" + product["id"], **door)["delivered"]
    except urllib.error.HTTPError as refused:
        problem = json.load(refused)
        return "refused", [f"{problem['code']}: {problem.get('detail', '')}"]
    quote = told["quote"]
    reasons = [] if told["freight_known"] else ["no price for sending it"]
    for one in quote.get("unknown", []):
        reasons.append(": ".join(one[key] for key in ("code", "message") if one.get(key)))
    return quote["status"], reasons or ["nothing is named"]


def count(port, door, each):
    found = products(port, door)
    complete = sum(product["complete"] for product in found)
    print(f"{' '.join(door.values())}: {complete} of {len(found)} complete", flush=True)
    reasons = collections.defaultdict(list)
    for product in found:
        status, lacks = lacking(port, door, product)
        if (status == "complete") != product["complete"]:
            print(f"  {product['document']['sku']}: the search says complete={product['complete']}, its page {status}")
        if not product["complete"]:
            for reason in lacks:
                reasons[reason].append(f"{product['document']['hs']} {product['document']['sku']}")
    for reason, names in sorted(reasons.items(), key=lambda pair: -len(pair[1])):
        print(f"  {len(names):4} {reason[:200]}")
        if each:
            print("".join(f"         {name}\n" for name in sorted(names)), end="")
    return complete, len(found)


def serve(data):
    process = subprocess.Popen([PROGRAM, "--data", data, "serve", "--port", "0", "--quiet", "--unlimited"],
                               stdout=subprocess.PIPE, text=True)
    address = process.stdout.readline().strip()
    if not address:
        sys.exit("the hub did not start")
    return process, urllib.parse.urlsplit(address).port


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", help="folder that `allroads demo` filled")
    options.add_argument("--to", default=",".join(DOORS), help="countries, by commas")
    options.add_argument("--buyer", default="consumer", choices=["consumer", "business"])
    options.add_argument("--road", default="post", choices=["post", "express", "air", "sea", "road", "rail"])
    options.add_argument("--each", action="store_true", help="name the products")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="allroads-coverage-") as folder:
        data = given.data or folder + "/data"
        if not given.data:
            for step in (["books", "build", "--packs", str(ROOT / "packs")], ["demo"]):
                subprocess.run([PROGRAM, "--data", data, *step], check=True, stdout=subprocess.DEVNULL)
        process, port = serve(data)
        try:
            doors = [{"to": to, "buyer": given.buyer, "road": given.road} for to in given.to.split(",")]
            counts = [count(port, door, given.each) for door in doors]
        finally:
            process.terminate()
            process.wait(20)
    print("all: %d of %d complete" % tuple(map(sum, zip(*counts))))


if __name__ == "__main__":
    main()
