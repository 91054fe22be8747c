"""PostgreSQL with a synchronous standby: the primary is killed under load, the standby takes its place, and the hub
goes on there: nothing acknowledged is lost. ALLROADS_LONG=1: five times."""
import os, shutil, tempfile, time, unittest

import killed_hub
from killed_hub import Loaded, Postgres, Told, compare, looked_at

TIMES = 5 if os.environ.get("ALLROADS_LONG") else 1
THREADS = 6


@unittest.skipUnless(killed_hub.has_postgres(), "PostgreSQL 15 is not installed")
class TakesOver(unittest.TestCase):
    def standby_of(self, primary):
        """A copy of the primary that follows it; the primary answers no commit before this one has it."""
        standby = Postgres()
        self.addCleanup(standby.stop)
        standby.run("pg_basebackup", "-D", standby.data, "-h", primary.folder, "-U", "hub", "-R", "-X", "stream", "-c",
                    "fast", "--no-sync")
        standby.start()
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.ask("SELECT pg_reload_conf()")
        end = time.monotonic() + killed_hub.PATIENCE
        while primary.ask("SELECT sync_state FROM pg_stat_replication") != "sync":
            self.assertLess(time.monotonic(), end, "the standby does not follow")
            time.sleep(0.05)
        return standby

    def take_over(self, time_of_life):
        folder, told = tempfile.mkdtemp(prefix="allroads-standby-"), Told()
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        primary = Postgres()
        self.addCleanup(primary.stop)
        primary.make()
        primary.start()
        here = primary.fresh("hub")
        standby = self.standby_of(primary)
        hub = Loaded(folder, here, "before", THREADS, told)
        try:
            hub.wait_for("ordered", 20)
            time.sleep(time_of_life)
            primary.kill()
            acknowledged = len(told.ordered)
            hub.wait_for("refused", THREADS)  # it says so, and does not acknowledge what it cannot keep
        finally:
            hub.kill()
        standby.run("pg_ctl", "promote", "-D", standby.data, "-w")
        there = standby.url("hub")
        wrong, found = compare(told, looked_at(folder, there))
        self.assertEqual(wrong, [])
        self.assertGreaterEqual(found["orders"], acknowledged)
        # And goes on: what was not answered is asked again.
        pending = told.pending()
        hub = Loaded(folder, there, "after", THREADS, told, pending)
        try:
            hub.wait_for("ready")
            hub.wait_for("ordered", len(pending) + 10)
        finally:
            hub.kill()
        wrong, after = compare(told, looked_at(folder, there))
        self.assertEqual(wrong, [])
        print(f"acknowledged before the primary went {acknowledged}, there {found['orders']}, asked again "
              f"{len(pending)}, at the end {after['orders']}")
        primary.stop()
        standby.stop()

    def test_nothing_acknowledged_is_lost(self):
        for i in range(TIMES):
            self.take_over(0.3 + 0.4 * i)


if __name__ == "__main__":
    unittest.main()
