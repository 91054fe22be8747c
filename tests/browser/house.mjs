// What the journeys share: the browser, windows of it, what axe-core says of a page, what came over the wire, amounts.
import assert from "node:assert/strict";
import { it } from "node:test";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const modules = path.join(process.env.BROWSER_MODULES ?? ".", "node_modules");
const { chromium } = createRequire(path.join(modules, "x.js"))("playwright-core");
const axe = readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const shots = process.env.BROWSER_SHOTS;

export const host = process.env.BROWSER_HOST;
export const patience = 120_000; // milliseconds: a machine may be busy, a test must not fail for it

const wanted = process.env.BROWSER_ONLY && new RegExp(process.env.BROWSER_ONLY);

/** A test, if BROWSER_ONLY wants it. Nothing is tried twice: what fails now and then is broken. */
export function journey(name, walk) {
  if (!wanted || wanted.test(name)) it(name, walk);
}

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

/** What axe-core has to say of the page as it is now; of `rules` only, if some are named. */
async function violations(page, rules) {
  const found = await page.evaluate((only) => axe.run({ runOnly: only }),
    rules ? { type: "rule", values: rules } : { type: "tag", values: tags });
  return found.violations.flatMap((one) => one.nodes.map((node) =>
    `${one.id}: ${node.target} ${(node.failureSummary ?? "").replaceAll("\n", " ")}`));
}

const openAll = (page, isOpen) => page.evaluate((open) =>
  document.querySelectorAll("main details").forEach((one) => (one.open = open)), isOpen);

/**
 * No violation, nothing wider than the window, nothing the browser complained of. With `faults` they are gathered there, so that
 * one run tells all. With BROWSER_SHOTS=<folder> a picture of each page is kept, as wide as BROWSER_LOOKS says.
 */
export async function mustBeSound(page, what, { isDarkToo = false, faults } = {}) {
  const told = [];
  await openAll(page, true);
  await page.evaluate(axe); // the protocol's own evaluation stands outside the page's policy
  told.push(...(await violations(page)).map((one) => `axe-core on ${what}: ${one}`));
  if (isDarkToo) {
    await page.emulateMedia({ colorScheme: "dark" });
    told.push(...(await violations(page, ["color-contrast"])).map((one) => `axe-core on ${what} in the dark: ${one}`));
    await page.emulateMedia({ colorScheme: null });
  }
  await openAll(page, false);
  told.push(...(await lostSpaces(page)).map((one) => `${what} loses the space between words: ${one}`));
  if (await tooWide(page) > 0) told.push(`${what} is ${await tooWide(page)} px wider than its window`);
  told.push(...(page.complaints ?? []).map((one) => `the browser on ${what}: ${one}`));
  if (page.complaints) page.complaints = [];
  if (shots) await keepShots(page, what);
  if (faults) faults.push(...told);
  else assert.deepEqual(told, []);
}

async function keepShots(page, what) {
  const before = page.viewportSize();
  for (const look of (process.env.BROWSER_LOOKS ?? "320-light 320-dark 768-light 1280-light 1280-dark").split(" ")) {
    const [width, scheme] = [Number(look.split("-")[0]), look.split("-")[1]];
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: path.join(shots, `${what.replaceAll(/[^a-z0-9-]+/gi, "-")}-${look}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}

/** Where a text stands beside elements in a flexible box, the space between them is not drawn: "Order 7" reads "Order7". */
const lostSpaces = (page) => page.evaluate(() => [...document.querySelectorAll("body *")].filter((one) => {
  if (!getComputedStyle(one).display.endsWith("flex")) return false;
  const isSeen = (part) => part?.nodeType === Node.ELEMENT_NODE && !part.matches(".unseen, svg, input");
  return [...one.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim() &&
    ((/\s$/.test(part.data) && isSeen(part.nextSibling)) || (/^\s/.test(part.data) && isSeen(part.previousSibling))));
}).map((one) => one.outerHTML.slice(0, 160)));

const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

export async function mustFit(page, what) {
  const wider = await tooWide(page);
  assert.ok(wider <= 0, `${what} is ${wider} px wider than its window`);
}

/** Whole cents of a price with a point, or as Arabic writes it. */
export function cents(text) {
  const plain = text.replaceAll(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replaceAll("\u066b", ".");
  const found = plain.replaceAll(/[\u2066-\u2069\u200e\u200f\u066c,]/g, "").match(/(\d+)(?:\.(\d\d))?(?!\d)/);
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
