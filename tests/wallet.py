"""A provider of a wallet in the shape of the GSMA Mobile Money API, for tests: moves nothing, loses answers when told to."""
import http.server, json, threading, urllib.parse, uuid


class Wallet:
    """Keeps each transaction once by its correlation id, and tells its outcome twice to the address that came with it."""

    def __init__(self, tell):
        """`tell(path, correlation, body)` brings a callback to the hub."""
        self.tell, self.lock = tell, threading.Lock()
        self.moved = {}  # by correlation id: what was asked for, once
        self.asked = []  # what came, in its order: (method, path, correlation)
        self.credentials = set()
        self.lose = 0  # so many answers to new transactions
        self.quiet = set()  # correlation ids whose callbacks are not told
        wallet = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, status, body):
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answered = wallet.move(self, body)
                if answered is None:
                    self.close_connection = True
                    self.connection.close()
                else:
                    self.answer(*answered)

            def do_GET(self):
                self.answer(*wallet.look(self.path))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def move(self, request, body):
        correlation, callback = request.headers["X-CorrelationID"], request.headers.get("X-Callback-URL")
        with self.lock:
            self.asked.append(("POST", request.path, correlation))
            self.credentials.add(request.headers.get("Authorization"))
            if correlation in self.moved:
                return 409, {"errorCategory": "businessRule", "errorCode": "duplicateRequest"}
            self.moved[correlation] = {**body, "transactionReference": uuid.uuid4().hex}
            is_lost = self.lose > 0
            if is_lost:
                self.lose -= 1
                self.quiet.add(correlation)
        if is_lost:
            return None
        threading.Timer(0.3, self.call_back, (callback, correlation)).start()
        return 202, {"serverCorrelationId": uuid.uuid4().hex, "status": "pending", "notificationMethod": "callback"}

    def call_back(self, callback, correlation):
        path = urllib.parse.urlsplit(callback).path
        for _ in range(2):
            self.tell(path, correlation, self.transaction(self.moved[correlation]))

    @staticmethod
    def transaction(moved):
        return {"amount": moved["amount"], "currency": moved["currency"], "transactionStatus": "completed",
                "transactionReference": moved["transactionReference"], "type": "disbursement"}

    def look(self, path):
        with self.lock:
            self.asked.append(("GET", path, path.rsplit("/", 1)[-1]))
            name = path.rsplit("/", 1)[-1]
            if path.startswith("/responses/"):
                if name not in self.moved:
                    return 404, {"errorCategory": "identification", "errorCode": "identifierError"}
                return 200, {"link": "/transactions/" + self.moved[name]["transactionReference"]}
            for moved in self.moved.values():
                if moved["transactionReference"] == name:
                    return 200, self.transaction(moved)
            return 404, {"errorCategory": "identification", "errorCode": "identifierError"}
