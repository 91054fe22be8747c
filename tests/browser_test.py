#!/usr/bin/env python3
"""The journeys of tests/browser in Debian's chromium, through a hub with the shops of the demonstration.

What drives the browser comes from npm, with the digests of tests/browser/package-lock.json, into the build folder. Where
chromium, node or npm is not there, or npm cannot fetch, the test says so and skips (status 77).
    tests/browser_test.py                    a visitor's and a seller's journeys
    ALLROADS_LONG=1 tests/browser_test.py    and every page there is, right to left, in the dark
    tests/browser_test.py --only seller      journeys whose name matches
    BROWSER_SHOTS=folder ...                 keeps pictures of the pages that are looked at
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE", pathlib.Path(__file__).resolve().parent.parent))
BUILD = pathlib.Path(os.environ.get("ALLROADS_BUILD", SOURCE / "build/release"))
ALLROADS = os.environ.get("ALLROADS_BIN", str(BUILD / "allroads"))
SKIPPED = 77
USUAL = "^(a visitor|the same|the first view|a seller on a bad line:)"
OPERATORS = [f"operator-{n}@example.org" for n in range(8)]
CLERK = "clerk@example.org"
PASSWORD = "warp and weft of nine days"  # as tests/browser/pages.mjs has it


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def modules():
    """The folder that holds node_modules as the lock file says; installed once for each lock file."""
    ours = SOURCE / "tests/browser"
    lock = (ours / "package-lock.json").read_bytes() + (ours / "package.json").read_bytes()
    folder = BUILD / "browser" / hashlib.sha256(lock).hexdigest()[:12]
    if (folder / "installed").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ours / name, folder / name)
    try:
        run = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                             text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        skip("npm did not fetch playwright-core and axe-core within ten minutes")
    if run.returncode != 0:
        if "EINTEGRITY" in run.stderr:
            sys.exit(run.stderr)  # what came is not what the lock file names
        skip(f"npm could not fetch playwright-core and axe-core: {run.stderr.strip()[-500:]}")
    (folder / "installed").touch()
    return folder


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--only", help="journeys whose name matches")
    asked = parse.parse_args()
    browser = shutil.which("chromium")
    for name, found in (("chromium", browser), ("node", shutil.which("node")), ("npm", shutil.which("npm"))):
        if not found:
            skip(f"there is no {name} here")
    folder = modules()
    with tempfile.TemporaryDirectory(prefix="allroads-browser-") as data:
        demo = subprocess.run([ALLROADS, "--data", data, "demo"], capture_output=True, text=True, timeout=900, check=False)
        if demo.returncode != 0:
            sys.exit(f"allroads demo: {demo.stderr}")
        for contact in [*OPERATORS, CLERK]:
            role = "clerk" if contact == CLERK else "operator"
            subprocess.run([ALLROADS, "--data", data, "user", "add", contact, "--name", "Baraka", "--role", role],
                           input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=60)
        with subprocess.Popen([ALLROADS, "--data", data, "serve", "--port", "0", "--quiet"], stdout=subprocess.PIPE,
                              text=True) as hub:
            try:
                host = hub.stdout.readline().strip()
                if not host.startswith("http://localhost:"):
                    sys.exit(f"allroads serve said {host!r}")
                only = asked.only or ("" if os.environ.get("ALLROADS_LONG") else USUAL)
                command = ["node", "--test-reporter=spec", str(SOURCE / "tests/browser/journeys.mjs")]
                status = subprocess.run(command, timeout=2600, check=False, env=os.environ | {
                    "BROWSER_ONLY": only,
                    "BROWSER_HOST": host, "BROWSER_MODULES": str(folder), "BROWSER_PROGRAM": browser,
                    "BROWSER_OPERATORS": " ".join(OPERATORS), "BROWSER_CLERK": CLERK}).returncode
            finally:
                hub.send_signal(signal.SIGTERM)
                if hub.wait(timeout=60) != 0:
                    status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
