"""Hubs and PostgreSQL servers that are killed: started in temporary folders, on Unix sockets alone, and what was
acknowledged before is compared with what is there afterwards."""
import collections, os, pathlib, queue, shutil, signal, subprocess, tempfile, threading, time

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
BUILD = pathlib.Path(os.environ.get("ALLROADS_BUILD") or SOURCE / "build/release")
CHILD = BUILD / "crash_child"
PROGRAM = pathlib.Path(os.environ.get("ALLROADS_BIN") or BUILD / "allroads")
POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")
PATIENCE = 300


def has_postgres():
    return (POSTGRES / "postgres").exists()


# ---- PostgreSQL ---------------------------------------------------------------------------------------------


class Postgres:
    """A server in a folder of its own. It refuses to run as root, so that root starts it as its own user."""

    def __init__(self, folder=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="allroads-pg-"))
        self.data = self.folder / "data"
        self.process = None
        self.log = open(self.folder / "log", "ab")
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")

    def command(self, program, *words):
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return [*as_user, str(POSTGRES / program), *map(str, words)]

    def run(self, program, *words):
        done = subprocess.run(self.command(program, *words), capture_output=True, text=True, timeout=PATIENCE,
                              cwd=self.folder)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr}")
        return done.stdout.strip()

    def make(self):
        self.run("initdb", "-D", self.data, "-U", "hub", "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums",
                 "--no-sync")

    def launch(self):
        return subprocess.Popen(
            self.command("postgres", "-D", self.data, "-c", "listen_addresses=", "-c",
                         f"unix_socket_directories={self.folder}", "-c", "logging_collector=off", "-c",
                         "shared_buffers=32MB"),
            stdout=self.log, stderr=self.log, cwd=self.folder)

    def start(self):
        self.process = self.launch()
        end = time.monotonic() + PATIENCE
        while subprocess.run([POSTGRES / "pg_isready", "-h", self.folder, "-q"]).returncode != 0:
            if time.monotonic() > end:
                raise RuntimeError("PostgreSQL did not start: " + (self.folder / "log").read_text())
            # It does not start while a helper of the one that was killed still holds its memory.
            if self.process.poll() is not None:
                time.sleep(0.2)
                self.process = self.launch()
            time.sleep(0.05)

    def ask(self, sql, database="postgres"):
        return self.run("psql", "-h", self.folder, "-U", "hub", "-d", database, "-At", "-c", sql)

    def fresh(self, name):
        self.run("createdb", "-h", self.folder, "-U", "hub", "-T", "template0", name)
        return self.url(name)

    def url(self, name):
        return f"postgresql:///{name}?host={self.folder}&user=hub"

    def processes(self):
        """The server and its helpers, by their parent."""
        found = [self.process.pid]
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError):
                continue
            if parent == self.process.pid:
                found.append(int(entry.name))
        return found

    def kill(self):
        """As when the machine goes: none of its processes has another word to say."""
        os.kill(self.process.pid, signal.SIGSTOP)
        for pid in reversed(self.processes()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(PATIENCE)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(PATIENCE)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


# ---- a hub that is killed -----------------------------------------------------------------------------------


class Told:
    """What the hub has acknowledged, over all its lives."""

    def __init__(self):
        self.begun, self.ordered, self.paid, self.refused = set(), {}, set(), collections.Counter()

    def hear(self, line):
        what, _, rest = line.partition(" ")
        words = rest.split(" ", 1)
        if what == "begin":
            self.begun.add(words[0])
        elif what == "ordered":
            before = self.ordered.setdefault(words[0], words[1])
            assert before == words[1], f"{words[0]} was ordered twice: {before} and {words[1]}"
        elif what == "paid":
            self.paid.add(words[0])
        elif what == "refused":
            self.refused[words[1]] += 1

    def pending(self):
        return sorted(self.begun - self.ordered.keys())


class Loaded:
    """A hub that takes orders until it is killed."""

    def __init__(self, folder, database, run, threads, told, keys=()):
        self.told, self.lines = told, queue.Queue()
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([CHILD, "load", folder, database, run, str(threads), *keys],
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.told.hear(line.rstrip("\n"))
                self.lines.put(line)

    def wait_for(self, word, many=1):
        end = time.monotonic() + PATIENCE
        while many > 0:
            try:
                line = self.lines.get(timeout=0.2)
            except queue.Empty:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.errors.seek(0)
                    raise RuntimeError(f"no “{word}” came: {self.errors.read()}") from None
                continue
            many -= line.startswith(word)

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdout.close()
        self.errors.close()


def looked_at(folder, database):
    """What is there, by the hub itself: lines of “crash_child check”."""
    done = subprocess.run([CHILD, "check", folder, database], capture_output=True, text=True, timeout=3600)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines and lines[-1] == "end", done.stderr + done.stdout[-2000:]
    return lines


def compare(told, lines):
    """Sentences of what is not as it was acknowledged, and figures."""
    wrong = [line for line in lines if line.startswith("wrong ") and "fsync is off" not in line]
    there, held, quantity = {}, 0, 0
    for line in lines:
        if not line.startswith("order "):
            continue
        _, key, name, state, has, total, many = line.split(" ")
        if key in there:
            wrong.append(f"{key} is there twice")
        there[key] = name
        held += int(has)
        quantity += int(many)
        is_paid = state == "making" and has == total
        if not is_paid and (state != "agreed" or has != "0"):
            wrong.append(f"{key} is half paid: {line}")
        if key in told.paid and not is_paid:
            wrong.append(f"{key} was paid, and is not: {line}")
        if key not in told.begun:
            wrong.append(f"nobody ordered {key}")
    for key, name in told.ordered.items():
        if there.get(key) != name:
            wrong.append(f"{key} was acknowledged as {name} and is {there.get(key)}")
    sums = {tuple(line.split(" ")[1:3]): line.split(" ")[3] for line in lines if line.startswith("sum ")}
    in_cents = {key: round(float(value) * 100) for key, value in sums.items()}
    if "trial balanced" not in lines:
        wrong.append("the trial balance is not zero")
    if in_cents.get(("held", "USD"), 0) != held or in_cents.get(("outside", "USD"), 0) != -held:
        wrong.append(f"the deals hold {held}, the ledger {in_cents}")
    left = next(line.split(" ") for line in lines if line.startswith("stock "))
    if int(left[1]) != int(left[3]) - quantity:
        wrong.append(f"{left[1]} of {left[3]} are left, {quantity} were ordered")
    return wrong, {"orders": len(there), "paid": held}


def program_says(folder, database):
    """`allroads ledger check` and `allroads check`, where the program is built; they read files of SQLite."""
    if database != "-" or not PROGRAM.exists():
        return []
    wrong = []
    for words in (("ledger", "check"), ("check",)):
        done = subprocess.run([PROGRAM, "--data", folder, *words], capture_output=True, text=True, timeout=3600)
        if done.returncode != 0:
            wrong.append(f"allroads {' '.join(words)}: {done.stdout}{done.stderr}")
    return wrong
