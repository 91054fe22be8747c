// What Lighthouse says of home, a list and a product on a phone: performance, accessibility, best practices, SEO.
//
//   npm install --ignore-scripts --prefix FOLDER lighthouse@12.2.3        (anywhere outside the project)
//   allroads --data DATA demo && allroads --data DATA serve --port 8080
//   LIGHTHOUSE_MODULES=FOLDER node tools/lighthouse.mjs http://localhost:8080/ [simulate|devtools|provided] [ROUNDS]
//
// The throttling is Lighthouse's own for a phone on slow 4G, reckoned from what was seen (`simulate`) unless said otherwise.
// Ends with status 1 where a mark is below 98. Run it on a quiet machine: the first mark falls with every other program. Of
// several rounds the one with the median of that mark is told, and what the others came to.
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const least = 98;
const categories = ["performance", "accessibility", "best-practices", "seo"];
const [host, throttling = "simulate", rounds = "1"] = process.argv.slice(2);
if (!host) throw new Error("the address of a hub is missing");
const require = createRequire(path.resolve(process.env.LIGHTHOUSE_MODULES ?? ".", "node_modules", "x.js"));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const { default: lighthouse } = await load("lighthouse");
const { launch } = await load("chrome-launcher");

// Without a door, as a crawler and a first visitor see it. The photos are made when they are first asked for; the second
// visit is measured.
const list = await (await fetch(new URL("/search?category=baskets", host))).text();
const product = list.match(/href="(\/goods\/[0-9a-z]+)"/)?.[1];
if (!product) throw new Error("this hub shows no goods under /search?category=baskets");
const folder = mkdtempSync(path.join(os.tmpdir(), "allroads-lighthouse-"));
const chrome = await launch({
  chromePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  userDataDir: folder,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run"],
});
let isEnough = true;
try {
  for (const one of ["/", "/search?category=baskets", product]) {
    const url = new URL(one, host).href;
    const options = {
      port: chrome.port, output: "json", logLevel: "error", onlyCategories: categories, throttlingMethod: throttling,
      maxWaitForLoad: 180_000,
    };
    await lighthouse(url, options);
    const told = [];
    for (let round = 0; round < Number(rounds); ++round) {
      const { lhr: one } = await lighthouse(url, options);
      if (one.runtimeError) throw new Error(`${url}: ${one.runtimeError.message}`);
      told.push(one);
    }
    const speed = (one) => Math.round((one.categories.performance?.score ?? 0) * 100);
    told.sort((a, b) => speed(a) - speed(b));
    const lhr = told[told.length >> 1];
    if (told.length > 1) console.log(`${one}: performance of ${told.length} rounds: ${told.map(speed).join(", ")}`);
    const marks = categories.map((name) => Math.round((lhr.categories[name]?.score ?? 0) * 100));
    const seconds = (name) => `${((lhr.audits[name]?.numericValue ?? 0) / 1000).toFixed(1)} s`;
    console.log(`${one}: ${categories.map((name, i) => `${name} ${marks[i]}`).join(", ")}; first paint `
      + `${seconds("first-contentful-paint")}, largest ${seconds("largest-contentful-paint")}, blocked `
      + `${seconds("total-blocking-time")}, moved ${lhr.audits["cumulative-layout-shift"]?.numericValue?.toFixed(3)}, `
      + `${lhr.audits["total-byte-weight"]?.numericValue} bytes`);
    isEnough &&= marks.every((mark) => mark >= least);
    for (const name of categories) {
      for (const { id, weight } of lhr.categories[name].auditRefs) {
        const audit = lhr.audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 0.98)
          console.log(`  ${name}: ${audit.id} ${audit.score} ${audit.displayValue ?? audit.title}`);
      }
    }
  }
} finally {
  await chrome.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(isEnough ? 0 : 1);
