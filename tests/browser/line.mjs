// A line to the hub that is as slow as we say, both ways, and can be cut in the middle of a request. The browser's own
// throttling and its "offline" do neither to a request that is being sent.
import net from "node:net";

const pieceBytes = 512;

/** One way of the line: all connections share its bytes a second. */
class Way {
  pace = null;
  free = 0; // when it will have carried all that was given to it

  /** Calls `then` when `bytes` more have crossed. */
  carry(bytes, then) {
    if (!this.pace) return setImmediate(then);
    const now = performance.now();
    this.free = Math.max(this.free, now) + (bytes / this.pace.bytesPerSecond) * 1000;
    return setTimeout(then, this.free - now + this.pace.latency);
  }
}

/** What `from` says reaches `to`, piece by piece; `seen` is told of each before it arrives and may keep it back. */
function join(from, to, way, seen) {
  from.on("data", (data) => {
    from.pause();
    const pieces = [];
    for (let at = 0; at < data.length; at += pieceBytes) pieces.push(data.subarray(at, at + pieceBytes));
    pieces.forEach((piece, i) => way.carry(piece.length, () => {
      if (to.destroyed || !seen(piece.length)) return;
      const isTaken = to.write(piece);
      if (i + 1 < pieces.length) return;
      if (isTaken) from.resume();
      else to.once("drain", () => from.resume());
    }));
  });
  from.on("end", () => way.carry(0, () => to.end()));
}

/** A line to the hub at `host`: fast and whole until it is told otherwise. */
export async function openLine(host) {
  const hub = new URL(host);
  const [up, down] = [new Way(), new Way()];
  const sockets = new Set();
  let isCut = false;
  let plan = null; // { bytes, isAnswer, done }
  const cut = () => {
    isCut = true;
    plan?.done();
    plan = null;
    for (const one of sockets) one.resetAndDestroy();
  };
  const server = net.createServer((near) => {
    near.on("error", () => {});
    if (isCut) return near.resetAndDestroy();
    const far = net.connect({ port: Number(hub.port), host: hub.hostname });
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      one.on("error", () => {}).on("close", () => { sockets.delete(one); other.destroy(); });
    }
    join(near, far, up, (bytes) => {
      if (plan) plan.bytes -= bytes;
      if (!plan || plan.isAnswer || plan.bytes > 0) return true;
      cut();
      return false;
    });
    join(far, near, down, () => {
      if (!plan || !plan.isAnswer || plan.bytes > 0) return true;
      cut();
      return false;
    });
  });
  await new Promise((done) => { server.listen(0, "localhost", done); });
  return {
    address: `http://localhost:${server.address().port}/`,
    slow(bytesPerSecond, latency) { up.pace = down.pace = { bytesPerSecond, latency }; },
    fast() { up.pace = down.pace = null; },
    /** Is cut when `bytes` more have reached the hub; with `isAnswer` as soon as the hub answers after that. */
    cutAfter(bytes, { isAnswer = false } = {}) { return new Promise((done) => { plan = { bytes, isAnswer, done }; }); },
    mend() { isCut = false; },
    close() { cut(); server.close(); },
  };
}
