// A visitor: chooses a door, searches, compares, opens a product and reads what its price is made of.
import assert from "node:assert/strict";
import { cents, firstView, host, journey, mustBeSound, mustFit, openWindow } from "./house.mjs";

const pageBytesMax = 14_000;
const viewBytesMax = 30_000;

/** The delivered price of each hit as the list tells it; nothing for those that are not completely priced. */
async function pricesOf(page) {
  const told = await page.locator(".hits .hit").evaluateAll((hits) =>
    hits.map((hit) => hit.querySelector(".price.total")?.innerText ?? ""));
  return told.map((text) => (text === "" ? undefined : cents(text)));
}

function mustBeRanked(prices) {
  const known = prices.filter((price) => price !== undefined);
  assert.ok(known.length > 3, "some are completely priced");
  assert.deepEqual(prices.slice(0, known.length), known, "what is not completely priced stands last");
  assert.deepEqual(known, [...known].sort((a, b) => a - b), "cheapest at this door first");
}

/** Reads the slip of a product; its parts sum to the delivered price to the cent. */
async function readSlip(page) {
  const slip = page.locator("section.slip");
  const delivered = cents(await slip.locator(".grand .total").innerText());
  assert.equal(cents(await slip.locator("tfoot .total").innerText()), delivered);
  const parts = [];
  for (const row of await slip.locator(".ledger tbody tr").all())
    parts.push([(await row.locator("th").innerText()).trim(), cents(await row.locator("td").innerText())]);
  assert.equal(parts.reduce((sum, [, amount]) => sum + amount, 0), delivered, `the parts sum to the price: ${parts}`);
  await slip.locator("details.lines summary").click();
  let collected = 0;
  const charges = await slip.locator(".charges > li").all();
  assert.ok(charges.length > 0);
  for (const charge of charges) {
    const name = await charge.locator("h3").innerText();
    const law = charge.locator(".law a");
    assert.ok(await law.count() === 1, `a law behind "${name}"`);
    assert.match(await law.getAttribute("href"), /^https?:\/\/[^/]+\/./, name);
    assert.ok((await law.innerText()).trim().length > 5, name);
    if (await charge.getByText("Not collected").count() === 0) collected += cents(await charge.locator(".price").innerText());
  }
  const ofState = parts.filter(([name]) => /^(Duty|Taxes|Fees)/.test(name)).reduce((sum, [, amount]) => sum + amount, 0);
  assert.equal(collected, ofState, "what is collected is what duty, taxes and fees say");
  return delivered;
}

async function buy(page, look = async () => {}) {
  await page.goto(host);
  await look("home");
  await page.selectOption("#door-to", "DE");
  await page.check("input[name=buyer][value=home]");
  await page.click(".door-form button");
  await page.waitForURL("**/search");
  assert.match(await page.locator(".doorway").innerText(), /Germany/);
  await page.fill("#q", "baskt");
  await page.press("#q", "Enter");
  await page.waitForURL("**/search?q=baskt");
  assert.match(await page.locator(".hits").innerText(), /basket/i);
  mustBeRanked(await pricesOf(page));
  await look("search");

  const origin = page.locator("fieldset.choices label", { has: page.locator("input[name=origin]") }).first();
  const country = (await origin.locator("span").first().innerText()).trim();
  await origin.locator("input").check();
  await page.click(".filters button[type=submit]");
  await page.waitForURL("**/search?**origin=*");
  const places = await page.locator(".hits .hit .what > p:first-of-type > bdi").allInnerTexts();
  assert.ok(places.length > 0);
  for (const place of places) assert.equal(place, country, "only what is made there");
  await look("search with a filter");

  const hit = page.locator(".hits .hit", { has: page.locator(".price.total") }).first();
  const told = cents(await hit.locator(".price.total").innerText());
  await hit.locator("h3 a").click();
  await page.waitForURL("**/goods/*");
  const delivered = await readSlip(page);
  assert.equal(delivered, told, "the list and the product tell one price");
  await look("product");

  const quantity = Number(await page.inputValue("#quantity"));
  await page.fill("#quantity", String(quantity * 2));
  await page.click("form.quantity button");
  await page.waitForURL("**/goods/*quantity=*");
  const doubled = await readSlip(page);
  assert.ok(doubled > delivered, "more costs more");
  assert.ok(doubled < delivered * 3, "and not out of proportion");
  await page.fill("#quantity", "many");
  await page.click("form.quantity button");
  await page.locator("#quantity-problem").waitFor();
}

/** Presses Tab until `selector` has the focus, which is always to be seen. */
async function tabTo(page, selector, most = 80) {
  for (let pressed = 0; pressed < most; ++pressed) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate((wanted) => {
      const one = document.activeElement;
      if (!one || one === document.body) return { seen: true };
      // The link of a card draws its outline around the whole card.
      const isOutlined = [null, "::after"].some((part) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(one, part);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      });
      const box = one.getBoundingClientRect();
      const seen = isOutlined && box.bottom > 0 && box.top < innerHeight;
      return { seen, found: one.matches(wanted), what: one.outerHTML.slice(0, 120) };
    }, selector);
    assert.ok(at.seen, `the focus is to be seen on ${at.what}`);
    if (at.found) return;
  }
  assert.fail(`Tab does not lead to ${selector}`);
}

async function byKeyboard(page) {
  await page.goto(host);
  await tabTo(page, ".skip", 1);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main", "the skip link leads to the content");
  await tabTo(page, "#door-to");
  await page.keyboard.type("Germany");
  await tabTo(page, ".door-form input[type=radio]");
  await tabTo(page, ".door-form button");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search");
  assert.match(await page.locator(".doorway").innerText(), /Germany/);
  await tabTo(page, "#q");
  await page.keyboard.type("basket");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=basket");
  await tabTo(page, ".hit h3 a");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/goods/*");
  await tabTo(page, "details.lines summary");
  await page.keyboard.press("Enter");
  await page.locator(".charges .law a").first().waitFor({ state: "visible" });
}

async function somePages(page) {
  await page.goto(`${host}search?q=basket`);
  const product = await page.locator(".hit h3 a").first().getAttribute("href");
  const shop = await page.locator(".hit .what p a").first().getAttribute("href");
  const paths = { home: "/", search: "/search?q=basket", product, shop, door: "/door", reckoning: "/reckoning" };
  for (const one of ["sign-up", "sign-in"]) {
    if ((await page.request.get(`${host}${one}`)).ok()) paths[one] = `/${one}`;
  }
  return Object.entries(paths).map(([name, path]) => [name, new URL(path, host).href]);
}

export function visitor(browser) {
  const within = async (options, walk) => {
    const page = await openWindow(browser(), options);
    try { return await walk(page); } finally { await page.context().close(); }
  };

  journey("a visitor reads what a basket costs at a home in Germany", () => within({}, (page) =>
    buy(page, (what) => mustBeSound(page, what))));

  journey("the same without scripts", () => within({ script: false, width: 1280 }, (page) => buy(page)));

  journey("the same by keyboard alone", () => within({ width: 1280, height: 800 }, byKeyboard));

  for (const language of ["ur", "ar"]) {
    journey(`every page from right to left: ${language}`, () => within({ language, door: "DE.home" }, async (page) => {
      for (const [name, address] of await somePages(page)) {
        await page.goto(address);
        assert.equal(await page.getAttribute("html", "dir"), "rtl");
        assert.equal(await page.getAttribute("html", "lang"), language);
        const loose = await page.evaluate(() => [...document.querySelectorAll(".price, .total, .least, td.number > *")]
          .filter((one) => one.tagName !== "BDI" && !one.classList.contains("fine")).map((one) => one.outerHTML));
        assert.deepEqual(loose, [], "prices are isolated");
        await mustBeSound(page, `${name} in ${language}`);
      }
    }));
  }

  journey("every page in the dark", () => within({ scheme: "dark", door: "DE.home", width: 1280 }, async (page) => {
    for (const [name, address] of await somePages(page)) {
      await page.goto(address);
      await mustBeSound(page, `${name} in the dark`);
    }
  }));

  journey("the first view of every page is small", () => within({ door: "DE.home" }, async (page) => {
    const pages = await somePages(page);
    const told = [];
    for (const [name, address] of pages) {
      const bytes = await firstView(page, address);
      await mustFit(page, name);
      told.push(`${name} ${bytes.page} + ${bytes.photos} of ${bytes.count} photos`);
      assert.ok(bytes.page <= pageBytesMax, `${name}: ${bytes.page} bytes with styles`);
      assert.ok(bytes.page + bytes.photos <= viewBytesMax, `${name}: ${bytes.page + bytes.photos} bytes with photos`);
    }
    console.log(`bytes of first views: ${told.join("; ")}`);
  }));
}
