#!/usr/bin/env python3
"""Loads a running hub by wrk on 64 connections, and says what a request costs beside the cheapest one.

    bench/hub_load.py [PRODUCTS] [SECONDS]      100000 and 5; needs wrk and build/release

Prints start to the first answer, memory, and requests a second: of /healthz (answered by the thread that reads sockets:
the limit of this machine and of wrk, in the same run), quotes, a product's page, lists by delivered price."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("ALLROADS_BIN", ROOT / "build/release/allroads"))
WORDS = "sisal basket bowl tray lamp rug scarf bead ring carved woven dyed red blue green round oval large small".split()
QUOTE = {"from": "KE", "to": "US", "date": "2026-03-15", "goods": [
    {"hs": "4602.19.18", "price": "2400.00", "price_currency": "USD", "quantity": "250"}]}


def run(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=True).stdout


def serve(data):
    begun = time.monotonic()
    server = subprocess.Popen([PROGRAM, "--data", data, "serve", "--port", "0", "--quiet", "--unlimited"],
                              stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().strip().rstrip("/")
    urllib.request.urlopen(address + "/search?q=basket").read()
    return server, address, (time.monotonic() - begun) * 1000


def stop(server):
    server.send_signal(signal.SIGTERM)
    server.wait(30)


def memory(server):
    text = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) // 1024


def rows_like(sample, header, count):
    """`count` rows of our own CSV, each another product of one shop."""
    sku, title = header.index("sku"), next(i for i, name in enumerate(header) if name.startswith("title"))
    for n in range(count):
        row = list(sample)
        row[sku] = f"L-{n}"
        row[title] = " ".join(WORDS[(n * k + n // 7) % len(WORDS)] for k in (3, 5, 11)) + f" {n}"
        yield row


def fill(data, count):
    import csv
    import io
    run("--data", data, "demo")
    run("--data", data, "product", "export", data + "/out", "--shop", "lakeside-baskets")
    text = next(pathlib.Path(data, "out").glob("*.csv")).read_text(encoding="utf-8-sig")
    header, sample, *_ = csv.reader(io.StringIO(text))
    begun = time.monotonic()
    for part in range(0, count, 25_000):
        path = pathlib.Path(data, "many.csv")
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            for n, row in enumerate(rows_like(sample, header, count)):
                if part <= n < part + 25_000:
                    writer.writerow(row)
        run("--data", data, "product", "import", str(path), "--shop", "lakeside-baskets", "--save", "--publish")
    return time.monotonic() - begun


def wrk(address, path, seconds, script=None, header=None):
    words = ["wrk", "-t2", "-c64", f"-d{seconds}s", "--latency"]
    words += ["-s", script] if script else []
    words += ["-H", header] if header else []
    out = subprocess.run([*words, address + path], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise SystemExit(out)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), re.search(r"99%\s+(\S+)", out)[1]


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as data:
        server, _, first = serve(data)
        print(f"empty hub: first answer after {first:.0f} ms, {memory(server)} MB")
        stop(server)
        print(f"{count} products taken in: {fill(data, count):.1f} s")
        server, _, first = serve(data)
        stop(server)
        server, address, first = serve(data)
        print(f"{count} products: first answer after {first:.0f} ms, {memory(server)} MB")
        found = json.load(urllib.request.urlopen(address + "/api/v1/products?q=basket&to=US&rows=1"))
        product = found["products"][0]["id"]
        script = pathlib.Path(data, "quote.lua")
        script.write_text('wrk.method="POST"\nwrk.headers["Content-Type"]="application/json"\n'
                          f"wrk.body=[[{json.dumps(QUOTE)}]]\n", encoding="utf-8")
        door = "Cookie: door=US.home"
        limit = None
        for name, path, lua, header in (
                ("/healthz (the limit)", "/healthz", None, None),
                ("POST /api/v1/quotes", "/api/v1/quotes", str(script), None),
                ("a product's page", f"/goods/{product}", None, door),
                ("a product as JSON, priced", f"/api/v1/products/{product}?to=US", None, None),
                ("list of 20 by delivered price", "/api/v1/products?category=baskets&to=US&order=delivered", None, None),
                ("search page", "/search?q=basket", None, door),
                ("/healthz again", "/healthz", None, None)):
            rate, slowest = wrk(address, path, seconds, lua, header)
            limit = limit or rate
            print(f"{name:32} {rate:10.0f}/s   99 % within {slowest:>9}   {100 * rate / limit:5.1f} % of the limit")
        print(f"afterwards {memory(server)} MB")
        stop(server)


if __name__ == "__main__":
    main()
