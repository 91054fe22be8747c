"""A hub for the tests of its API: started in a temporary folder, asked over HTTP, held to its OpenAPI document."""
import contextlib, http.client, json, os, pathlib, re, shutil, signal, sqlite3, subprocess, tempfile, time
import urllib.parse

from jsonschema import Draft202012Validator

SOURCE = pathlib.Path(os.environ.get("ALLROADS_SOURCE") or pathlib.Path(__file__).resolve().parent.parent)
PROGRAM = os.environ.get("ALLROADS_BIN") or str(SOURCE / "build/release/allroads")
PASSWORD = "korongo nne majini"


class Server:
    """The program itself, on a free port of this machine. Its records end with it."""

    def __init__(self, trade=None, **environment):
        """`trade`: how the hub trades, as docs/trade.md tells it."""
        self.folder = tempfile.mkdtemp(prefix="allroads-api-")
        if trade is not None:
            settings = pathlib.Path(self.folder, "data", "trade.json")
            settings.parent.mkdir(mode=0o700)
            settings.touch(mode=0o600)  # secrets stand in it
            settings.write_text(json.dumps(trade), encoding="utf-8")
        self.said = open(pathlib.Path(self.folder) / "stderr", "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            [PROGRAM, "--data", self.folder + "/data", "serve", "--port", "0", "--quiet"],
            stdout=subprocess.PIPE,
            stderr=self.said,
            text=True,
            env={**os.environ, **environment},
        )
        address = self.process.stdout.readline().strip()
        if not address:
            self.process.wait()
            raise RuntimeError("the hub did not start: " + self.errors())
        self.port = urllib.parse.urlsplit(address).port

    def errors(self):
        self.said.flush()
        return pathlib.Path(self.said.name).read_text(encoding="utf-8", errors="replace")

    def records(self, statement, *values):
        """Asks or changes what the hub keeps, as somebody who has the file may."""
        with contextlib.closing(sqlite3.connect(self.folder + "/data/hub.db", timeout=20)) as kept, kept:
            return kept.execute(statement, values).fetchall()

    def is_running(self):
        return self.process.poll() is None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        said = self.errors()
        self.said.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status, said


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.headers.get("content-type", "").split(";")[0].strip()

    def __repr__(self):
        return f"{self.status} {self.type} {self.body[:600]!r}"


class Client:
    """One connection. `address` is where it comes from: any of 127.0.0.0/8, so that rates are told apart."""

    def __init__(self, port, address="127.0.0.1", token=None):
        self.port, self.address, self.token = port, address, token
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def ask(self, method, target, body=None, headers=(), token=..., kind="application/json"):
        sent = dict(headers)
        token = self.token if token is ... else token
        if token is not None:
            sent.setdefault("Authorization", "Bearer " + token)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None and kind is not None:
            sent.setdefault("Content-Type", kind)
        for attempt in (1, 2):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=20, source_address=(self.address, 0)
                )
            try:
                self.connection.request(method, target, body, sent)
                got = self.connection.getresponse()
                answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
                if got.will_close:
                    self.close()
                return answer
            except (http.client.RemoteDisconnected, ConnectionError):
                # A kept connection may have been closed meanwhile; a new one may not.
                self.close()
                if fresh or attempt == 2:
                    raise


class Contract:
    """The OpenAPI document: finds the operation of a request, and says what is wrong with its answer."""

    def __init__(self, document):
        self.document = document
        self.checks = {}
        self.operations = {}
        for pattern, verbs in document["paths"].items():
            parts = re.split(r"\{([^}]+)\}", pattern)
            names = parts[1::2]
            regex = "".join("([^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
            for method, operation in verbs.items():
                self.operations[operation["operationId"]] = {
                    "method": method.upper(),
                    "pattern": pattern,
                    "names": names,
                    "regex": re.compile(regex),
                    **operation,
                }

    def validator(self, schema):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.checks:
            rooted = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema,
                      "components": self.document["components"]}
            self.checks[key] = Draft202012Validator(rooted)
        return self.checks[key]

    def wrong_with(self, schema, value):
        for error in self.validator(schema).iter_errors(value):
            return f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        return None

    def schema(self, name):
        return {"$ref": "#/components/schemas/" + name}

    def wrong(self, operation, answer):
        """What is not as the document says, in words; None where all is well."""
        responses = operation["responses"]
        told = responses.get(str(answer.status), responses["default"])
        if str(answer.status) not in responses and answer.status < 400:
            return f"status {answer.status} is not documented for {operation['operationId']}"
        content = told.get("content")
        if not content:
            return None if not answer.body else f"status {answer.status} is documented without a body"
        if answer.type not in content:
            return f"type {answer.type} is not among {sorted(content)}"
        schema = content[answer.type].get("schema")
        if "json" not in answer.type:
            return None
        try:
            value = json.loads(answer.body)
        except ValueError as error:
            return f"not JSON: {error}"
        if answer.type == "application/problem+json" and value.get("status") != answer.status:
            return f"the problem speaks of status {value.get('status')}"
        return self.wrong_with(schema, value)


def wait_until(done, seconds=20.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = done()
        if found:
            return found
        time.sleep(0.02)
    return None
