// An order without scripts on a small phone: a buyer chooses a door, puts a product in the basket and orders it; the shop
// sees it, for the same money. And what axe-core says of the pages on the way.
import assert from "node:assert/strict";
import { cents, host, journey, mustBeSound, mustFit, openWindow } from "./house.mjs";
import { openShop } from "./seller.mjs";

const password = "warp and weft of nine days";
const address = "Amina Odhiambo\n12 Garden Street\n10115 Berlin";

const keeper = (slug, contact) => ({
  name: "Keeper of a loom", contact, shop: "Lakeside looms", place: "Kisumu", slug, about: "Woven by hand.",
});

/** Goods that can be ordered, and where they are edited; no photo, since this is of orders. */
export async function listGoods(page, slug, title) {
  await page.goto(`${host}my/shops/${slug}/new`);
  for (const [name, value] of Object.entries({
    "title-0": title, "description-0": "Woven in nine days.", "from-0": "2", "price-0": "24", net: "700", gross: "900",
    hs: "460219", terms_place: "Kisumu",
  })) await page.fill(`[name=${name}]`, value);
  for (const [name, value] of Object.entries({ supply: "unlimited", origin: "KE", ships_from: "KE", terms: "FCA" }))
    await page.selectOption(`[name=${name}]`, value);
  await page.selectOption("[name=category]", { index: 1 });
  await page.click("button[value=live]");
  await page.waitForURL("**/my/goods/*?done=live*");
  return new URL(page.url()).pathname;
}

async function signUpOnTheWay(page, contact) {
  await page.locator("main a[href^='/sign-up']").click();
  await page.fill("[name=name]", "Amina");
  await page.fill("[name=contact]", contact);
  await page.fill("[name=password]", password);
  await page.click("button[value=sign-up]");
}

async function order(page, title, contact, look) {
  await page.goto(`${host}door?back=/search`);
  await page.selectOption("#door-to", "DE");
  await page.click(".door-form button");
  await page.waitForURL("**/search");
  await page.goto(`${host}search?q=${encodeURIComponent(title)}`);
  await page.locator(".hit", { hasText: title }).locator("h3 a").click();
  await page.waitForURL("**/goods/*");
  await look("a product that can be ordered");
  await page.click("button[value=add]");
  await page.waitForURL("**/basket?done=added");
  assert.match(await page.locator("main").innerText(), new RegExp(title));
  await look("the basket");
  await page.locator("main a[href^='/checkout/']").first().click();
  await page.waitForURL("**/checkout/*");
  await look("the checkout of a visitor");
  await signUpOnTheWay(page, contact);
  await page.waitForURL("**/checkout/*");
  const owed = await page.locator("main .facts .price").first().innerText();
  assert.ok(cents(owed) >= 4800, "two pieces at 24.00, and freight");
  await page.click("button[value=order]");
  await page.locator(".errors").waitFor();
  await look("the checkout without an address");
  await page.fill("[name=note]", address);
  await look("the checkout");
  const form = await page.locator("form", { has: page.locator("button[value=order]") }).evaluate((one) =>
    Object.fromEntries([...new FormData(one), ["do", "order"]].map(([name, value]) => [name, value.replaceAll(/\r?\n/g, "\r\n")])));
  const sentTo = page.url();
  const cookies = (await page.context().cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
  await page.click("button[value=order]");
  await page.waitForURL("**/orders/*?done=ordered");
  await look("the order of a buyer");
  const placed = page.url().replace(/\?.*/, "");
  // Where the answer was lost on the line, the same is sent again: it is one order.
  const again = await fetch(sentTo, {
    method: "POST", body: new URLSearchParams(form), redirect: "manual", headers: { Cookie: cookies, Origin: new URL(host).origin },
  });
  assert.equal(again.status, 303);
  assert.equal(new URL(again.headers.get("location"), host).href.replace(/\?.*/, ""), placed, "the same order");
  return placed;
}

async function sellAndBuy(browser, tag, language, { script, look }) {
  const title = `Herringbone runner ${tag}`;
  const slug = `looms-${tag}`;
  const number = 10 + ["plain", "en", "ur", "ar"].indexOf(tag);
  const seller = await openWindow(browser, { script, language });
  const buyer = await openWindow(browser, { script, language });
  try {
    if ((await seller.request.get(`${host}basket`)).status() === 404) return false;
    await openShop(seller, host, keeper(slug, `+2547123499${number}`), async () => {});
    await listGoods(seller, slug, title);
    const placed = await order(buyer, title, `+2547123488${number}`, (what) => look(buyer, what));
    await buyer.goto(`${host}orders`);
    await look(buyer, "the orders of a buyer");
    assert.equal(await buyer.locator(".rows > li").count(), 1, "one order, however often the button was pressed");
    await seller.goto(`${host}my/shops/${slug}/orders`);
    await look(seller, "the orders of a shop");
    assert.equal(await seller.locator(".rows > li").count(), 1, "the shop sees it once");
    await seller.locator(".rows h2 a").click();
    await seller.waitForURL("**/orders/*");
    assert.equal(seller.url().replace(/\?.*/, ""), placed);
    await look(seller, "the order of a shop");
    assert.match(await seller.locator("main").innerText(), /12 Garden Street/, "the shop reads where it goes");
    for (const path of ["me/money", "me/notices", `my/shops/${slug}/money`]) {
      await seller.goto(host + path);
      await look(seller, path.replaceAll("/", " "));
    }
    return true;
  } finally {
    await seller.context().close();
    await buyer.context().close();
  }
}

export function orders(browser) {
  journey("an order without scripts on a small phone", async (t) => {
    const is = await sellAndBuy(browser(), "plain", "en", { script: false, look: mustFit });
    if (!is) t.skip("this hub takes no orders");
  });
  for (const language of ["en", "ur", "ar"]) {
    journey(`every page of an order: ${language}`, async (t) => {
      const faults = [];
      const look = async (page, what) => {
        page.complaints = page.complaints.filter((one) => !/responded with a status of 4\d\d/.test(one));
        await mustBeSound(page, `${what} ${language}`, { isDarkToo: true, faults });
      };
      const is = await sellAndBuy(browser(), language, language, { script: true, look });
      if (!is) t.skip("this hub takes no orders");
      assert.deepEqual(faults, []);
    });
  }
}
