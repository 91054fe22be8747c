// Every page there is, as somebody comes to it: a visitor's, an account's, a seller's, an operator's, and what they look
// like where something is refused. axe-core has nothing to say of any, light and dark, and none is wider than a phone.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { host, journey, mustBeSound, openWindow } from "./house.mjs";

export const password = "warp and weft of nine days";

/** The six digits of an authenticator. */
function digitsOf(secret) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(at).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

const table = `Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Price
kiondo,Kiondo,A basket,x,Title,Default Title,K-1,400,12.50
mat,Mat,A mat,x,Title,Default Title,M-1,400,nine
`;

/** Fills the fields that are named, sends by the button of that value, and waits for the answer, or for what `until` names. */
export async function send(page, button, fields = {}, until = null) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`main [name="${name}"]`).first();
    if (await field.evaluate((one) => one.tagName === "SELECT")) await field.selectOption(value);
    else await field.fill(value);
  }
  const answered = until ? page.locator(until).first().waitFor({ state: "attached" }) : page.waitForEvent("domcontentloaded");
  await Promise.all([answered, page.locator(`main button[value="${button}"]`).first().click()]);
}

async function ofVisitors(page, look) {
  const go = (path) => page.goto(new URL(path, host).href);
  await go("/");
  await look("home");
  await go("/search?q=basket");
  await look("search");
  const product = await page.locator(".hit h3 a").first().getAttribute("href");
  const shop = await page.locator(".hit .what p a").first().getAttribute("href");
  await go(product);
  await look("product-without-door");
  await go("/door?back=/search");
  await look("door");
  await page.selectOption("#door-to", "DE");
  await Promise.all([page.waitForEvent("domcontentloaded"), page.click(".door-form button")]);
  for (const [name, path] of Object.entries({
    "home-with-door": "/", "search-with-door": "/search?q=basket", "search-nothing": "/search?q=qqqzzzxxx", product, shop,
    "product-refused-quantity": `${product}?quantity=many`, reckoning: "/reckoning", "sign-up": "/sign-up", "sign-in": "/sign-in",
    forgotten: "/forgotten",
  })) {
    await go(path);
    await look(name);
  }
  // Speaks English whoever asks; it is long, so it is looked at once.
  if (await page.getAttribute("html", "lang") === "en") {
    await go("/api/docs");
    await look("api-docs");
  }
  await go("/there-is-nothing");
  await look("not-found", { status: 404 });
}

async function ofAccounts(page, contact, look) {
  const go = (path) => page.goto(new URL(path, host).href);
  await go("/sign-up");
  await send(page, "sign-up", { name: "", contact: "nobody", password: "short" });
  await look("sign-up-refused", { status: 422 });
  await send(page, "sign-up", { name: "Achieng", contact, password });
  await look("account");
  await go("/my");
  await look("shops-none");
  await go("/operate/users");
  await look("forbidden", { status: 403 });
  for (const one of ["name", "password", "contact", "keys", "second-factor"]) {
    await go(`/me/${one}`);
    await look(`account-${one}`);
  }
  await go("/me/password");
  await send(page, "save", { old_password: "not it at all", new_password: "short" });
  await look("account-password-refused", { status: 422 });
  await go("/me/contact");
  await send(page, "code", { contact });
  await look("account-contact-code");
  await go("/me/keys");
  await send(page, "make", {});
  await look("account-keys-refused", { status: 422 });
  await page.locator("main [name=scopes]").first().check();
  await send(page, "make", { name: "our shop", password });
  await look("account-key-once");
  await go("/me");
  await look("account-with-key");
}

async function ofSellers(page, slug, look) {
  const go = (path) => page.goto(new URL(path, host).href);
  const mine = `/my/shops/${slug}`;
  await go("/my/new-shop");
  await look("shop-new");
  await send(page, "open", { name: "" });
  await look("shop-new-refused", { status: 422 });
  await send(page, "open", { name: "Lakeside weaving", country: "KE", place: "Kisumu", currency: "USD", about: "Sisal.", slug });
  await look("shop-opened");
  for (const one of ["about", "sending", "files"]) {
    await go(`${mine}/${one}`);
    await look(`shop-${one}`);
  }
  await page.locator("main [name=files]").setInputFiles({ name: "shop.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
  await send(page, "try");
  await look("shop-files-report");
  await send(page, "import");
  await look("shop-files-imported");
  await go(`${mine}/sending`);
  await page.check("[name=groups][value=eu]");
  await send(page, "save", { base: "8", per_kg: "11", days_max: "15" });
  await look("shop-sending-kept");
  await go(`${mine}/new`);
  await look("goods-new");
  await send(page, "draft", { "price-0": "much", net: "-3" }, ".errors");
  await look("goods-new-refused", { status: 422 });
  await page.locator("[name=photos]").setInputFiles({ name: "a.gif", mimeType: "image/gif",
    buffer: Buffer.from("R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=", "base64") });
  await send(page, "draft", { "title-0": "Zigzagged sisal hamper", "description-0": "With a lid.", "from-0": "2", "price-0": "24",
    net: "700", gross: "900", supply: "unlimited", origin: "KE", ships_from: "KE" }, "[data-kept]");
  await page.waitForURL("**/my/goods/*");
  await look("goods-draft");
  const goods = new URL(page.url()).pathname;
  await go(`${goods}/code`);
  await look("code");
  await go(`${goods}/code?words=${encodeURIComponent("basket")}`);
  await look("code-proposals");
  await go(`${goods}/code?words=qqqzzzxxx`);
  await look("code-nothing");
  await go(`${goods}/countries`);
  await look("countries-without-code");
  const other = await page.context().newPage();
  await other.goto(new URL(goods, host).href);
  await go(goods);
  await page.locator("[name=category]").selectOption({ index: 1 });
  await send(page, "live", { hs: "460219" }, "[data-kept]");
  await page.waitForURL("**?done=live*");
  await look("goods-live");
  await send(other, "draft", { "price-0": "25" }, "#differ-h");
  await look("goods-conflict", { status: 409 }, other);
  await other.close();
  await go(`${goods}/countries`);
  await look("countries");
  await go(`${goods}/versions`);
  await look("goods-versions");
  await go(`${goods}?version=1`);
  await look("goods-older-version");
  await go(mine);
  await look("shop-goods");
  await go("/my");
  await look("shops");
}

/** Signs in an operator for the first time: a second factor is set, and used. */
export async function enterAsOperator(page, contact, look = async () => {}) {
  const go = (path) => page.goto(new URL(path, host).href);
  await go("/sign-in");
  await send(page, "sign-in", { contact, password: "not it at all" });
  await look("sign-in-refused", { status: 422 });
  await send(page, "sign-in", { contact, password });
  await go("/me/second-factor");
  await send(page, "begin", { password });
  await look("second-factor-secret");
  await send(page, "confirm", { code: digitsOf(await page.locator("[name=secret]").inputValue()) });
  await look("recovery-codes-once");
  const codes = await page.locator(".once code").allInnerTexts();
  await go("/me");
  await look("account-of-operator");
  await Promise.all([page.waitForEvent("domcontentloaded"), page.click("form[action='/sign-out'] button")]);
  await go("/sign-in?back=/operate/users");
  await send(page, "sign-in", { contact, password });
  await look("sign-in-second");
  await send(page, "second", { code: codes[0].trim() });
  await page.waitForURL("**/operate/users");
}

async function ofOperators(page, contact, look) {
  const go = (path) => page.goto(new URL(path, host).href);
  await enterAsOperator(page, contact, look);
  await look("users");
  await go(`/operate/users?contact=${encodeURIComponent(contact)}`);
  await look("users-found");
  await page.locator(".rows a").first().click();
  await page.waitForURL("**/operate/users/*");
  await look("user");
  for (const [name, path] of Object.entries({ books: "/operate/books", trail: "/operate/trail" })) {
    await go(path);
    await look(name);
  }
  await go("/operate/trail?from=yesterday");
  await look("trail-refused", { status: 422 });
}

/** Walks with `steps`; every page that they look at is asked whether it is sound, and all faults are told together. */
async function walk(browser, language, steps) {
  const page = await openWindow(browser, { language });
  const faults = [];
  let status = 0; // of the page, or of the form that a script sent
  const listen = (one) => one.on("response", (answer) => {
    const asked = answer.request().redirectedFrom() ?? answer.request();
    const isPage = answer.request().isNavigationRequest() || asked.method() === "POST";
    if (isPage && (answer.status() < 300 || answer.status() >= 400)) status = answer.status();
  });
  listen(page);
  page.context().on("page", listen);
  const look = async (name, { status: wanted = 200 } = {}, at = page) => {
    assert.equal(status, wanted, `${name} answers ${wanted}`);
    at.complaints = at.complaints?.filter((one) => !/responded with a status of 4\d\d/.test(one));
    await mustBeSound(at, `${name}-${language}`, { isDarkToo: true, faults });
  };
  try {
    await steps(page, look);
  } finally {
    await page.context().close();
  }
  assert.deepEqual(faults, []);
}

export function everyPage(browser) {
  const operators = (process.env.BROWSER_OPERATORS ?? "").split(" ");
  ["en", "ur", "ar"].forEach((language, i) => {
    journey(`every page of visitors: ${language}`, () => walk(browser(), language, ofVisitors));
    journey(`every page of sellers: ${language}`, () => walk(browser(), language, async (page, look) => {
      await ofAccounts(page, `+25471234560${i}`, look);
      await ofSellers(page, `pages-${language}`, look);
    }));
    journey(`every page of operators: ${language}`, () => walk(browser(), language, (page, look) =>
      ofOperators(page, operators[i], look)));
  });
}
