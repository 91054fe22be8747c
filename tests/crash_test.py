"""Kill -9 at random moments while orders are placed and paid, then look: every acknowledged order is there, none
twice, the sums are right, the ledger and all else is clean. ALLROADS_LONG=1: 200 kills on each database."""
import os, random, shutil, tempfile, time, unittest

import killed_hub
from killed_hub import Loaded, Postgres, Told, compare, looked_at, program_says

IS_LONG = bool(os.environ.get("ALLROADS_LONG"))
KILLS = int(os.environ.get("ALLROADS_KILLS") or (200 if IS_LONG else 5))
KILLS_OF_ONE = 20  # then another hub, so that looking at everything stays short
THREADS = 6


class Killed(unittest.TestCase):
    def kill_again_and_again(self, what, fresh_database, between=lambda: None):
        chance = random.Random(20261126)
        kills, orders, paid, retried, refused, began = 0, 0, 0, 0, 0, time.monotonic()
        while kills < KILLS:
            folder, database, told = tempfile.mkdtemp(prefix="allroads-crash-"), fresh_database(), Told()
            try:
                for turn in range(min(KILLS_OF_ONE, KILLS - kills)):
                    # What was begun and not answered is ordered again, with the same key.
                    again = told.pending()
                    retried += len(again)
                    hub = Loaded(folder, database, f"run{turn}", THREADS, told, again)
                    try:
                        hub.wait_for("ready")
                        if turn % 4:
                            hub.wait_for("ordered", chance.randrange(1, 40))
                        time.sleep(chance.random() * 0.1)
                    finally:
                        hub.kill()
                    kills += 1
                    between()
                    if IS_LONG and turn % 5 != 4:
                        continue  # the next start finds what this one left; every fifth is looked at
                    wrong, found = compare(told, looked_at(folder, database))
                    self.assertEqual(wrong, [], f"{what}, kill {kills}")
                self.assertEqual(program_says(folder, database), [], what)
                orders += found["orders"]
                paid += found["paid"]
                refused += sum(told.refused.values())
                self.assertEqual(told.refused.keys() - {""}, set(), what)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        self.assertGreater(orders, kills)
        print(f"{what}: killed {kills} times, {orders} orders, {paid / 100:.2f} USD held, {retried} asked again, "
              f"{refused} refused, {time.monotonic() - began:.0f} s")

    def test_sqlite(self):
        self.kill_again_and_again("SQLite", lambda: "-")

    def test_postgres(self):
        if not killed_hub.has_postgres():
            self.skipTest("PostgreSQL 15 is not installed")
        server = Postgres()
        self.addCleanup(server.stop)
        server.make()
        server.start()
        names = iter(range(10**6))
        chance = random.Random(7)

        # Every fourth time the server is killed too, and comes back by its log.
        def sometimes_the_server():
            if chance.randrange(4) == 0:
                server.kill()
                server.start()

        self.kill_again_and_again("PostgreSQL", lambda: server.fresh(f"hub{next(names)}"), sometimes_the_server)


if __name__ == "__main__":
    unittest.main()
