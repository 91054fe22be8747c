// What the journeys share: the browser, windows of it, what axe-core says of a page, what came over the wire, amounts.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const modules = path.join(process.env.BROWSER_MODULES ?? ".", "node_modules");
const { chromium } = createRequire(path.join(modules, "x.js"))("playwright-core");
const axe = readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export const host = process.env.BROWSER_HOST;
export const patience = 120_000; // milliseconds: a machine may be busy, a test must not fail for it

export const openBrowser = () => chromium.launch({
  executablePath: process.env.BROWSER_PROGRAM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run"],
});

/** A window as a visitor has it: nothing is remembered from another. */
export async function openWindow(browser, { width = 320, height = 640, scheme = "light", language, door, script = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: scheme, javaScriptEnabled: script, locale: "en-GB",
  });
  context.setDefaultTimeout(patience);
  context.setDefaultNavigationTimeout(patience);
  const cookies = [];
  if (language) cookies.push({ name: "lang", value: language, url: host });
  if (door) cookies.push({ name: "door", value: door, url: host });
  if (cookies.length) await context.addCookies(cookies);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(`${message.location().url}: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  return page;
}

/** No violation, nothing wider than the window, nothing the browser complained of. */
export async function mustBeSound(page, what) {
  await page.evaluate(() => document.querySelectorAll("main details").forEach((one) => (one.open = true)));
  await page.evaluate(axe); // the protocol's own evaluation stands outside the page's policy
  const { violations } = await page.evaluate((tags) => axe.run({ runOnly: tags }), rules);
  const told = violations.flatMap((one) => one.nodes.map((node) =>
    `${one.id}: ${node.target} ${(node.failureSummary ?? "").replaceAll("\n", " ")}`));
  assert.deepEqual(told, [], `axe-core on ${what}`);
  await page.evaluate(() => document.querySelectorAll("main details").forEach((one) => (one.open = false)));
  await mustFit(page, what);
  assert.deepEqual(page.complaints, [], `the browser on ${what}`);
}

export async function mustFit(page, what) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${what} is ${wider} px wider than its window`);
}

/** Whole cents of a price as English writes it. */
export function cents(text) {
  const found = text.replaceAll(/[\u2066-\u2069\u200e\u200f,]/g, "").match(/(\d+)(?:\.(\d\d))?(?!\d)/);
  assert.ok(found, `no amount in "${text}"`);
  return Number(found[1]) * 100 + Number(found[2] ?? 0);
}

/** Bytes over the wire, headers included: page and styles; and with the photos of the first window. */
export async function firstView(page, address) {
  const wire = await page.context().newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Network.clearBrowserCache");
  const asked = new Map();
  wire.on("Network.requestWillBeSent", ({ requestId, request, type }) => asked.set(requestId, { url: request.url, type, bytes: 0 }));
  wire.on("Network.responseReceived", ({ requestId, response, type }) => {
    const one = asked.get(requestId);
    if (one) Object.assign(one, { type, encoding: response.headers["content-encoding"] ?? response.headers["Content-Encoding"] });
  });
  wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const one = asked.get(requestId);
    if (one) one.bytes = encodedDataLength;
  });
  await page.goto(address, { waitUntil: "load" });
  const first = await page.evaluate(() => [...document.images]
    .filter((one) => one.getBoundingClientRect().top < innerHeight).map((one) => one.currentSrc));
  const all = [...asked.values()];
  const sum = (some) => some.reduce((bytes, one) => bytes + one.bytes, 0);
  const base = all.filter((one) => !["Image", "Other"].includes(one.type));
  await wire.detach();
  for (const one of base) assert.equal(one.encoding, "br", `${one.url} is compressed with brotli`);
  return { page: sum(base), photos: sum(all.filter((one) => first.includes(one.url))), count: first.length };
}
