// Photographs the pages that web_preview rendered, and asks axe-core about each of them.
//
//   npm install --ignore-scripts --prefix FOLDER playwright-core axe-core      (anywhere outside the project)
//   build/quick/web_preview pages tools/preview build/preview
//   PREVIEW_MODULES=FOLDER node tools/preview.mjs build/preview pages [name …]
//
// PREVIEW_VIEWS="en-320-light ur-320-light" takes some views only; PREVIEW_OPENED=1 photographs the details opened, too.
// Writes build/preview/shots/NAME-LANGUAGE-WIDTH-SCHEME.png; ends with status 1 where axe found something, where a page
// is wider than its window, where something to press is smaller than 24 px or the browser complained.
// Nothing is asked of the network: every address is answered from the folder; photos are drawn here.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, readdirSync, existsSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.resolve(process.env.PREVIEW_MODULES ?? ".", "node_modules", "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [out, pagesFolder, ...chosen] = process.argv.slice(2);
const host = "http://preview.test";
const policy =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const types = { ".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript", ".html": "text/html; charset=utf-8" };

// A basket, drawn; each number has its own colours.
function basket(number, width, height) {
  const hues = [32, 45, 28, 18, 210, 95];
  const hue = hues[(number - 1) % hues.length];
  let weave = "";
  for (let y = 0; y < 9; ++y) for (let x = 0; x < 14; ++x)
    weave += `<rect x="${60 + x * 20 + (y % 2) * 10}" y="${150 + y * 18}" width="18" height="14" rx="5"
      fill="hsl(${hue + ((x * y) % 3) * 6} 45% ${48 + ((x + y) % 4) * 7}%)"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 400 380"
    preserveAspectRatio="xMidYMid slice"><rect x="-200" width="900" height="380" fill="hsl(${hue} 22% 88%)"/>
    <ellipse cx="205" cy="322" rx="170" ry="20" fill="hsl(${hue} 20% 72%)"/>
    <path d="M120 160C120 20 290 20 290 160" fill="none" stroke="hsl(20 45% 30%)" stroke-width="14"/>
    <clipPath id="c"><path d="M55 148h300l-32 168q-118 22-236 0z"/></clipPath>
    <g clip-path="url(#c)"><rect x="40" y="140" width="330" height="200" fill="hsl(${hue} 40% 38%)"/>${weave}</g>
    <rect x="48" y="140" width="314" height="18" rx="9" fill="hsl(${hue} 42% 44%)"/></svg>`;
}

async function answer(route) {
  const url = new URL(route.request().url());
  const photo = url.pathname.match(/^\/photos\/(\d+)-(\d+)\./);
  if (photo) {
    const width = Number(photo[2]);
    return route.fulfill({ contentType: "image/svg+xml", body: basket(Number(photo[1]), width, width) });
  }
  const file = url.pathname.startsWith("/assets/")
    ? path.join(pagesFolder, path.basename(url.pathname))
    : path.join(out, path.normalize(url.pathname));
  if (!existsSync(file)) return route.fulfill({ status: 404, body: "" });
  const headers = { "content-security-policy": policy };
  return route.fulfill({ body: readFileSync(file), contentType: types[path.extname(file)], headers });
}

const found = [];
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"],
});
mkdirSync(path.join(out, "shots"), { recursive: true });
const names = readdirSync(path.join(out, "en")).map((file) => path.basename(file, ".html"))
  .filter((name) => chosen.length === 0 || chosen.includes(name));
const all = [
  ["en", 320, "light"], ["en", 320, "dark"], ["en", 768, "light"], ["en", 1280, "light"], ["en", 1280, "dark"],
  ["ur", 320, "light"], ["ar", 1280, "dark"],
];
const views = all.filter((view) => !process.env.PREVIEW_VIEWS || process.env.PREVIEW_VIEWS.split(" ").includes(view.join("-")));
for (const [language, width, scheme] of views) {
  const context = await browser.newContext({
    viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: false, serviceWorkers: "block",
  });
  await context.route("**/*", answer);
  for (const name of names) {
    const view = `${name}-${language}-${width}-${scheme}`;
    const page = await context.newPage();
    page.setDefaultTimeout(120000);
    page.on("console", (message) => {
      if (message.type() === "error") found.push(`${view}: ${message.text()}`);
    });
    await page.goto(`${host}/${language}/${name}.html`, { waitUntil: "load" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) found.push(`${view}: ${wide} px wider than its window`);
    const small = await page.evaluate(() => [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select")]
      .filter((one) => !one.closest("p, dd, .prose, .notice, .skip, .hit") && one.checkVisibility())
      .map((one) => [one, one.closest(".choices label") ?? one])
      .filter(([, box]) => box.getBoundingClientRect().height < 43.5)
      .map(([one]) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`));
    for (const one of small) found.push(`${view}: smaller than 44 px: ${one}`);
    await page.screenshot({ path: path.join(out, "shots", `${view}.png`), fullPage: true });
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    await page.evaluate(axe); // the protocol's own evaluation is outside the page's policy
    const { violations } = await page.evaluate(() => axe.run());
    for (const one of violations)
      for (const node of one.nodes) found.push(`${view}: axe ${one.id}: ${node.target} ${node.failureSummary.replaceAll("\n", " ")}`);
    if (process.env.PREVIEW_OPENED)
      await page.screenshot({ path: path.join(out, "shots", `${view}-opened.png`), fullPage: true });
    await page.close();
  }
  await context.close();
}
await browser.close();
for (const one of [...new Set(found)]) console.log(one);
console.log(`${names.length} pages, ${views.length} views, ${found.length} findings`);
process.exit(found.length === 0 ? 0 : 1);
