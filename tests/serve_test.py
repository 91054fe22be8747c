"""How a hub starts, hands over to the next program, and stops: no request is lost; what was acknowledged is there."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

BUILD = pathlib.Path(os.environ.get("ALLROADS_BUILD", pathlib.Path(__file__).parent.parent / "build/release"))
PROGRAM = BUILD / "allroads"
QUOTE = {"from": "KE", "to": "US", "date": "2026-03-15",
         "goods": [{"hs": "4602.19.18", "price": "2400.00", "price_currency": "USD", "quantity": "250"}]}
PATIENCE = 60


def asked(address, body=None):
    request = urllib.request.Request(address, json.dumps(body).encode() if body else None,
                                     {"Content-Type": "application/json"} if body else {})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.read().decode()


class Serve(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = folder.name
        self.log = open(os.path.join(self.data, "log"), "w+b")
        self.addCleanup(self.log.close)

    def served(self, *flags, **options):
        server = subprocess.Popen([PROGRAM, "--data", self.data, "serve", "--port", "0", *flags],
                                  stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True, **options)
        self.addCleanup(self.end, server)
        return server, server.stdout.readline().strip().rstrip("/")

    def end(self, server):
        # The program that took over is no child of ours, but of its session.
        try:
            os.killpg(server.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        server.stdout.close()
        server.wait(PATIENCE)

    def test_answers_at_once_and_stops_in_good_order(self):
        server, address = self.served()
        self.assertRegex(address, r"^http://localhost:\d+$")
        self.assertEqual(json.loads(asked(address + "/api/v1/quotes", QUOTE))["landed_total"], "2749.34")
        self.assertIn("Allroads", asked(address + "/"))
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(PATIENCE), 0)
        self.log.seek(0)
        self.assertRegex(self.log.read().decode(), r"POST /api/v1/quotes 200 \d+ \d+us /api/v1/quotes")

    def test_hands_over_to_the_next_program_without_losing_a_request(self):
        server, address = self.served("--quiet", "--unlimited")
        lost, counted, over = [], [0], threading.Event()

        def ask():
            while not over.is_set():
                try:
                    asked(address + "/api/v1/quotes", QUOTE)
                    counted[0] += 1
                except OSError as error:
                    lost.append(str(error))

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            self.wait_for(lambda: counted[0] > 20)
            server.send_signal(signal.SIGUSR2)
            self.assertEqual(server.wait(PATIENCE), 0, "the first program ended")
            before = counted[0]
            self.wait_for(lambda: counted[0] > before + 20)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        self.assertEqual(lost, [])

    def wait_for(self, what):
        until = time.monotonic() + PATIENCE
        while not what():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)

    def test_refuses_what_it_cannot_serve_from(self):
        for flags, named in ((["--certificate", "/nowhere.pem", "--key", "/nowhere.pem"], "/nowhere.pem"),
                             (["--address", "not-an-address"], "not a numeric address")):
            ended = subprocess.run([PROGRAM, "--data", self.data, "serve", "--port", "0", *flags],
                                   capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn(named, ended.stderr)

    def test_the_address_of_the_database_comes_from_the_environment(self):
        for address in ("postgresql://hub:korongo@localhost/hub", "postgresql://localhost/hub?password=korongo"):
            ended = subprocess.run([PROGRAM, "--data", self.data, "serve", "--port", "0", "--database", address],
                                   capture_output=True, text=True, timeout=PATIENCE, check=False)
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn("ALLROADS_DATABASE", ended.stderr)
            self.assertNotIn("korongo", ended.stdout + ended.stderr)
        told = os.path.join(self.data, "told.db")
        server, _ = self.served("--quiet", env=os.environ | {"ALLROADS_DATABASE": told})
        self.assertTrue(os.path.exists(told))
        self.assertFalse(os.path.exists(os.path.join(self.data, "hub.db")))
        self.assertNotIn("told.db", pathlib.Path(f"/proc/{server.pid}/cmdline").read_text(encoding="utf-8"))

    def test_a_newer_program_is_not_needed_for_newer_books(self):
        _, address = self.served("--quiet")
        before = json.loads(asked(address + "/api/v1/books"))["edition"]
        packs = pathlib.Path(self.data, "packs", "own")
        packs.mkdir(parents=True)
        (packs / "pack.toml").write_text('[pack]\nname = "own"\ntitle = "A tax of our own"\nmarket = "US"\n'
                                         'checked_on = "2026-03-01"\n')
        (packs / "measures.csv").write_text(
            "market,hs,kind,program,origins,excluded,duty,valid_from,valid_to,known_from,conditions,stack,legal,title,url,"
            "checked_on,confidence\nUS,,fee,OWN,,,1%,2026-01-01,,,,,Test,Test,https://example.org,2026-03-01,assumed\n")
        built = subprocess.run([PROGRAM, "--data", self.data, "books", "build", "--no-words", "--quiet"],
                               capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(built.returncode, 0, built.stderr)
        self.wait_for(lambda: json.loads(asked(address + "/api/v1/books"))["edition"] != before)
        self.assertNotEqual(json.loads(asked(address + "/api/v1/quotes", QUOTE))["landed_total"], "2749.34")

    def test_what_was_acknowledged_outlives_a_kill(self):
        server, address = self.served("--quiet")
        answer = json.loads(asked(address + "/api/v1/accounts", {
            "contact": "seller@example.org", "name": "Seller", "password": "korongo nne majini"}))
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(PATIENCE)
        _, address = self.served("--quiet")
        request = urllib.request.Request(address + "/api/v1/account",
                                         headers={"Authorization": "Bearer " + answer["token"]})
        with urllib.request.urlopen(request, timeout=PATIENCE) as told:
            self.assertEqual(json.load(told)["id"], answer["account"])
        self.assertTrue(re.fullmatch(r"[0-9a-z]{26}", answer["account"]))


if __name__ == "__main__":
    unittest.main()
