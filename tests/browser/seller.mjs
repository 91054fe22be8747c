// A seller on a small phone with a bad line: makes an account, opens a shop, lists a product with two photos while the line
// breaks in between, and a visitor finds it.
import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { cents, host, mustBeSound, openWindow } from "./house.mjs";

const lineBytesPerSecond = 50_000 / 8;
const bad = { offline: false, latency: 300, downloadThroughput: lineBytesPerSecond, uploadThroughput: lineBytesPerSecond };

const sellers = {
  en: {
    name: "Weaver of the demonstration", contact: "weaver@shop.example", shop: "Lakeside weaving", place: "Kisumu",
    about: "Sisal, dyed with roots and leaves.", title: "Zigzagged sisal hamper", description: "Woven in nine days.\n\nWith a lid.",
    words: "zigzagged hamper",
  },
  ur: {
    name: "بُننے والی", contact: "+254712345678", shop: "جھیل کنارے کی بُنائی", place: "کسومو",
    about: "جڑوں اور پتوں سے رنگا ہوا سیسل۔", title: "لہریا سیسل کی ٹوکری", description: "نو دن میں بُنی گئی۔\n\nڈھکن کے ساتھ۔",
    words: "لہریا ٹوکری",
  },
};

/** A line to the hub that can be cut in the middle of a request, which the browser's own "offline" does not do. */
async function openLine() {
  const hub = new URL(host);
  const ends = new Set();
  let isCut = false;
  const server = net.createServer((near) => {
    if (isCut) return near.destroy();
    const far = net.connect(Number(hub.port), hub.hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      ends.add(one);
      one.on("error", () => {}).on("close", () => { ends.delete(one); other.destroy(); }).pipe(other);
    }
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  return {
    address: `http://localhost:${server.address().port}/`,
    cut() { isCut = true; for (const one of ends) one.destroy(); },
    mend() { isCut = false; },
    close() { this.cut(); server.close(); },
  };
}

/** A photo as phones send them: a JPEG of about 40 kB that no two sellers share. */
async function photo(page, seed) {
  const text = await page.evaluate(async (start) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const pen = canvas.getContext("2d");
    let state = start;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < 1500; ++i) {
      pen.fillStyle = `hsl(${20 + 40 * random()} 50% ${30 + 50 * random()}%)`;
      pen.fillRect(random() * 640, random() * 480, 12 + 30 * random(), 4 + 12 * random());
    }
    return canvas.toDataURL("image/jpeg", 0.5);
  }, seed);
  return { name: `photo-${seed}.jpg`, mimeType: "image/jpeg", buffer: Buffer.from(text.split(",")[1], "base64") };
}

/** What stands in the fields of the form now. */
const written = (page, names) => page.evaluate((wanted) =>
  Object.fromEntries(wanted.map((name) => [name, document.querySelector(`[name="${name}"]`)?.value])), names);

async function openShop(page, host, language, who) {
  await page.goto(`${host}sign-up`);
  await mustBeSound(page, `sign-up in ${language}`);
  await page.fill("[name=name]", who.name);
  await page.fill("[name=contact]", who.contact);
  await page.fill("[name=password]", "warp and weft of nine days");
  await page.click("button[value=sign-up]");
  await page.waitForURL("**/me?done=made");
  await mustBeSound(page, `the account in ${language}`);
  await page.goto(`${host}my/new-shop`);
  await mustBeSound(page, `a new shop in ${language}`);
  await page.fill("[name=name]", who.shop);
  await page.selectOption("[name=country]", "KE");
  await page.fill("[name=place]", who.place);
  await page.selectOption("[name=currency]", "USD");
  await page.fill("[name=about]", who.about);
  await page.fill("[name=slug]", `weaving-${language}`);
  await page.click("button[value=open]");
  await page.waitForURL(`**/my/shops/weaving-${language}?done=opened`);
  await mustBeSound(page, `my shop in ${language}`);
  await page.goto(`${host}my/shops/weaving-${language}/sending`);
  await mustBeSound(page, `sending in ${language}`);
  await page.check("[name=groups][value=eu]");
  await page.fill("[name=base]", "8");
  await page.fill("[name=per_kg]", "11");
  await page.fill("[name=days_max]", "15");
  await page.click(".sheet-form button[value=save]");
  await page.waitForURL("**/sending?done=saved*");
}

async function describe(page, language, who) {
  await page.goto(`${host}my/shops/weaving-${language}/new`);
  await mustBeSound(page, `a new product in ${language}`);
  await page.setInputFiles("[name=photos]", [await photo(page, language === "en" ? 11 : 13), await photo(page, language === "en" ? 17 : 19)]);
  await page.selectOption("[name=language-0]", language);
  await page.fill("[name=title-0]", who.title);
  await page.fill("[name=description-0]", who.description);
  await page.fill("[name=from-0]", "2");
  await page.fill("[name=price-0]", "24");
  await page.selectOption("[name=supply]", "unlimited");
  await page.fill("[name=net]", "700");
  await page.fill("[name=gross]", "900");
  await page.selectOption("[name=category]", { index: 1 });
  await page.selectOption("[name=origin]", "KE");
  await page.selectOption("[name=ships_from]", "KE");
  await page.fill("[name=hs]", "460219");
  await page.selectOption("[name=terms]", "FCA");
  await page.fill("[name=terms_place]", who.place);
}

/** Sends the form; the line goes while the photos are on their way, and comes back. */
async function sendOnBadLine(page, line) {
  const wire = await page.context().newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Network.emulateNetworkConditions", bad);
  const names = await page.evaluate(() => [...document.querySelector(".sheet-form").elements]
    .filter((one) => one.name && !["hidden", "file", "checkbox", "submit"].includes(one.type)).map((one) => one.name));
  const before = await written(page, names);
  assert.ok(names.length > 15);
  const send = () => page.locator("button[value=live]").click({ noWaitAfter: true });
  const asked = page.waitForRequest((request) => request.method() === "POST");
  const lost = page.waitForEvent("requestfailed", (request) => request.method() === "POST");
  await send();
  await asked;
  await page.waitForTimeout(3000); // of the ten or more that the photos take
  line.cut();
  await lost;
  line.mend();
  // Without our script the browser shows its own page of refusal; one goes back, as people do.
  if (await page.locator(".sheet-form").count() === 0) await page.goBack({ waitUntil: "load" });
  await page.locator(".sheet-form").waitFor();
  assert.deepEqual(await written(page, names), before, "nothing that was typed is lost");
  const photos = await page.evaluate(() => document.querySelector("[name=photos]").files.length);
  assert.equal(photos, 2, "both photos are still chosen");
  await send();
  await page.waitForURL("**/my/goods/*?done=live*");
  await wire.send("Network.emulateNetworkConditions", { ...bad, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await wire.detach();
}

async function mustBeFound(browser, language, who) {
  const page = await openWindow(browser, { language: "en", door: "DE.home" });
  await page.goto(`${host}search?q=${encodeURIComponent(who.words)}`);
  const hit = page.locator(".hit", { hasText: who.title });
  assert.equal(await hit.count(), 1, "a visitor finds it");
  await hit.locator("h3 a").click();
  await page.waitForURL("**/goods/*");
  assert.equal(await page.locator("h1").innerText(), who.title);
  assert.equal(await page.locator(".gallery img").count(), 2);
  await page.waitForFunction(() => [...document.querySelectorAll(".gallery img")].every((one) => {
    one.loading = "eager";
    return one.complete && one.naturalWidth > 0;
  }));
  assert.ok(cents(await page.locator(".slip .grand bdi").innerText()) > 2 * 2400 / 2, "and a price");
  await mustBeSound(page, `what the seller listed in ${language}`);
  await page.context().close();
}

export function seller(browser) {
  for (const [language, who] of Object.entries(sellers)) {
    test(`a seller on a bad line: ${language}`, async (t) => {
      const line = await openLine();
      const host = line.address;
      const page = await openWindow(browser(), { language });
      try {
        for (const path of ["sign-up", "my/new-shop"]) {
          if ((await page.request.get(`${host}${path}`)).status() === 404) return t.skip(`this hub has no page /${path}`);
        }
        await openShop(page, host, language, who);
        await describe(page, language, who);
        await sendOnBadLine(page, line);
        await page.goto(`${host}my/shops/weaving-${language}`);
        await mustBeSound(page, `my goods in ${language}`);
        await mustBeFound(browser(), language, who);
      } finally {
        await page.context().close();
        line.close();
      }
    });
  }
}
