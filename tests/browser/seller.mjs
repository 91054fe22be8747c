// A seller on a small phone with a bad line: makes an account, opens a shop, lists a product with two photos while the line
// breaks in between, and a visitor finds it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { cents, host, journey, mustBeSound, openWindow } from "./house.mjs";
import { openLine } from "./line.mjs";

const lineBytesPerSecond = 50_000 / 8;
const lineLatency = 300; // milliseconds each way

const sellers = {
  en: {
    name: "Weaver of the demonstration", contact: "weaver@shop.example", shop: "Lakeside weaving", place: "Kisumu", slug: "lake",
    about: "Sisal, dyed with roots and leaves.", title: "Zigzagged sisal hamper", description: "Woven in nine days.\n\nWith a lid.",
    words: "zigzagged hamper", seeds: [11, 17],
  },
  ur: {
    name: "بُننے والی", contact: "+254712345678", shop: "جھیل کنارے کی بُنائی", place: "کسومو", slug: "jheel",
    about: "جڑوں اور پتوں سے رنگا ہوا سیسل۔", title: "لہریا سیسل کی ٹوکری", description: "نو دن میں بُنی گئی۔\n\nڈھکن کے ساتھ۔",
    words: "لہریا ٹوکری", seeds: [13, 19],
  },
  plain: {
    name: "Another weaver", contact: "+254712345679", shop: "Hillside weaving", place: "Kisii", slug: "hill",
    about: "Sisal as it grows.", title: "Undyed sisal punnet", description: "Woven in two days.", words: "undyed punnet", seeds: [23, 29],
  },
};

/** Files of photos as phones make them, though small: JPEGs of some 20 kB that no two sellers share. */
async function draw(browser, folder, seeds) {
  const page = await openWindow(browser);
  const files = [];
  for (const seed of seeds) {
    const text = await page.evaluate((start) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 480, height: 360 });
      const pen = canvas.getContext("2d");
      let state = start;
      const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
      for (let i = 0; i < 1200; ++i) {
        pen.fillStyle = `hsl(${20 + 40 * random()} 50% ${30 + 50 * random()}%)`;
        pen.fillRect(random() * 480, random() * 360, 10 + 24 * random(), 3 + 10 * random());
      }
      return canvas.toDataURL("image/jpeg", 0.5);
    }, seed);
    const file = path.join(folder, `photo-${seed}.jpg`);
    writeFileSync(file, Buffer.from(text.split(",")[1], "base64"));
    files.push(file);
  }
  await page.context().close();
  return files;
}

/** What stands in the fields of the form now. */
const written = (page, names) => page.evaluate((wanted) =>
  Object.fromEntries(wanted.map((name) => [name, document.querySelector(`[name="${name}"]`)?.value])), names);

export async function openShop(page, host, who, look) {
  await page.goto(`${host}sign-up`);
  await look("sign-up");
  await page.fill("[name=name]", who.name);
  await page.fill("[name=contact]", who.contact);
  await page.fill("[name=password]", "warp and weft of nine days");
  await page.click("button[value=sign-up]");
  await page.waitForURL("**/me?done=made");
  await look("the account");
  await page.goto(`${host}my/new-shop`);
  await look("a new shop");
  await page.fill("[name=name]", who.shop);
  await page.selectOption("[name=country]", "KE");
  await page.fill("[name=place]", who.place);
  await page.selectOption("[name=currency]", "USD");
  await page.fill("[name=about]", who.about);
  await page.fill("[name=slug]", who.slug);
  await page.click("button[value=open]");
  await page.waitForURL(`**/my/shops/${who.slug}?done=opened`);
  await look("my shop");
  await page.goto(`${host}my/shops/${who.slug}/sending`);
  await look("sending");
  await page.check("[name=groups][value=eu]");
  await page.fill("[name=base]", "8");
  await page.fill("[name=per_kg]", "11");
  await page.fill("[name=days_max]", "15");
  await page.click(".sheet-form button[value=save]");
  await page.waitForURL("**/sending?done=saved*");
}

async function describe(page, photos, language, who) {
  await page.setInputFiles("[name=photos]", photos);
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

/** Sends the form; the line goes before the hub has all of it, or before its answer is here. Nothing is lost. */
async function loseLine(page, line, cut) {
  const names = await page.evaluate(() => [...document.querySelector(".sheet-form").elements]
    .filter((one) => one.name && !["hidden", "file", "checkbox", "submit"].includes(one.type)).map((one) => one.name));
  const before = await written(page, names);
  assert.ok(names.length > 15);
  const isCut = line.cutAfter(cut.bytes, cut);
  const lost = page.waitForEvent("requestfailed", (request) => request.method() === "POST");
  await page.locator("button[value=live]").click({ noWaitAfter: true });
  await isCut;
  await lost;
  if (cut.script) await page.locator("[data-says=lost]").waitFor({ state: "visible" });
  line.mend();
  // Without our script the browser shows its own page of refusal; one goes back, as people do.
  if (!cut.script) {
    await page.waitForURL(/^chrome-error:/);
    await page.goBack({ waitUntil: "load" });
  }
  await page.locator(".sheet-form").waitFor();
  assert.deepEqual(await written(page, names), before, "nothing that was typed is lost");
  const photos = await page.evaluate(() => document.querySelector("[name=photos]").files.length);
  assert.equal(photos, 2, "both photos are still chosen");
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

async function sell(browser, folder, language, who, { script }) {
  const line = await openLine(host);
  const page = await openWindow(browser, { language, script });
  const look = script ? (what) => mustBeSound(page, `${what} in ${language}`) : async () => {};
  try {
    const photos = await draw(browser, folder, who.seeds);
    const bytes = photos.reduce((sum, file) => sum + statSync(file).size, 0);
    await openShop(page, line.address, who, look);
    line.slow(lineBytesPerSecond, lineLatency);
    await page.goto(`${line.address}my/shops/${who.slug}/new`);
    await look("a new product");
    page.complaints = [];
    await describe(page, photos, language, who);
    await loseLine(page, line, { script, bytes: bytes / 3 });
    await loseLine(page, line, { script, bytes, isAnswer: true });
    await page.locator("button[value=live]").click({ noWaitAfter: true });
    await page.waitForURL("**/my/goods/*?done=live*");
    line.fast();
    page.complaints = []; // of requests that failed, which the line was cut for
    await page.goto(`${line.address}my/shops/${who.slug}`);
    assert.equal(await page.locator(".goods > li").count(), 1, "and it is there once, however often it was sent");
    await look("my goods");
    await mustBeFound(browser, language, who);
  } finally {
    await page.context().close();
    line.close();
  }
}

export function seller(browser) {
  const within = async (walk) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "allroads-photos-"));
    try { await walk(folder); } finally { rmSync(folder, { recursive: true, force: true }); }
  };
  for (const language of ["en", "ur"]) {
    journey(`a seller on a bad line: ${language}`, () => within((folder) =>
      sell(browser(), folder, language, sellers[language], { script: true })));
  }
  journey("a seller on a bad line, without scripts", () => within((folder) =>
    sell(browser(), folder, "en", sellers.plain, { script: false })));
}
