// An order from the question to the payout, with a clerk who takes cash and an operator who looks at the money: every page
// on the way, on both sides, also refused forms and the pages on which one looks before money moves.
import assert from "node:assert/strict";
import { host, journey, mustBeSound, openWindow } from "./house.mjs";
import { listGoods } from "./order.mjs";
import { enterAsOperator, password, send } from "./pages.mjs";
import { openShop } from "./seller.mjs";

const go = (page, path) => page.goto(new URL(path, host).href);
const pathOf = (page) => new URL(page.url()).pathname;

async function signUp(page, name, contact) {
  await go(page, "/sign-up");
  await send(page, "sign-up", { name, contact, password });
  await go(page, "/door?back=/search");
  await page.selectOption("#door-to", "DE");
  await Promise.all([page.waitForEvent("domcontentloaded"), page.click(".door-form button")]);
}

/** Asks the shop and others; `asked` are the paths of the order with the shop and of all offers. */
async function ask({ buyer, look }, goods, shop) {
  await go(buyer, "/ask");
  await look(buyer, "ask-without-words");
  await go(buyer, `/ask?product=${goods}&quantity=40&q=basket`);
  await look(buyer, "ask");
  await buyer.locator("[name=shops]").evaluateAll((all) => all.forEach((one) => { one.checked = true; }));
  await send(buyer, "ask", { "words-0": "lids" });
  await look(buyer, "ask-refused");
  await send(buyer, "ask", { "many-0": "40", note: "Handles of leather, if you can." });
  await buyer.waitForURL("**/requests/*");
  await look(buyer, "offers-awaited");
  const all = pathOf(buyer);
  return { all, order: await buyer.locator(".offers .card h2 a", { hasText: shop }).getAttribute("href") };
}

async function agree({ buyer, seller, look }, { all, order }, slug) {
  await go(buyer, order);
  await look(buyer, "order-asked-of-buyer");
  await go(seller, `/my/shops/${slug}/orders`);
  await look(seller, "orders-of-shop-asked");
  await go(seller, order);
  await look(seller, "order-asked-of-seller");
  await go(seller, `${order}/offer`);
  await look(seller, "offer");
  await send(seller, "offer", { "price-0": "", sending: "" });
  await look(seller, "offer-refused");
  await send(seller, "offer", { "price-0": "21.50", "price-1": "1", sending: "60", note: "Ready in three weeks." });
  await look(seller, "order-offered-of-seller");
  await go(buyer, all);
  await look(buyer, "offers");
  await go(buyer, `${order}/counter`);
  await look(buyer, "counter-offer");
  await send(buyer, "offer", { "price-0": "20" });
  await look(buyer, "order-countered-of-buyer");
  await go(seller, `${order}/accept`);
  await look(seller, "accept");
  await send(seller, "confirm");
  await look(seller, "order-agreed-of-seller");
  await go(buyer, `${order}/cancel`);
  await look(buyer, "cancel");
  await go(buyer, order);
  await look(buyer, "order-to-pay");
  return (await buyer.locator(".copied code").allInnerTexts()).find((text) => /^\W*RF\d\d/.test(text));
}

/** Someone pays `amount` at the counter. */
async function takeCash({ clerk, look }, reference, amount) {
  await go(clerk, "/counter");
  await look(clerk, "counter");
  await send(clerk, "begin");
  await look(clerk, "counter-refused");
  await go(clerk, "/counter/cash");
  await look(clerk, "counter-cash");
  await send(clerk, "look", { reference: "RF00", amount: "much" });
  await clerk.locator(".errors").waitFor();
  await look(clerk, "counter-cash-refused");
  await send(clerk, "look", { reference, amount, payer: "Amina" });
  await look(clerk, "counter-cash-look");
  await send(clerk, "take");
  await clerk.waitForURL("**/counter/receipts/*");
  await look(clerk, "counter-receipt");
  await go(clerk, "/counter/receipt");
  await send(clerk, "find", { number: "1" });
  await look(clerk, "counter-receipt-refused");
}

async function dispute({ buyer, seller, look }, order) {
  await go(seller, order);
  await look(seller, "order-paid-of-seller");
  await go(seller, `${order}/made`);
  await send(seller, "confirm");
  await go(seller, `${order}/hand-over`);
  await look(seller, "hand-over");
  await send(seller, "confirm", { reference: "EMS EE123456785KE" });
  await go(seller, `${order}/track`);
  await look(seller, "track");
  await go(buyer, order);
  await look(buyer, "order-on-its-way");
  await go(buyer, `${order}/deliver`);
  await send(buyer, "confirm");
  await go(buyer, `${order}/release`);
  await look(buyer, "release");
  await send(buyer, "look");
  await look(buyer, "release-look");
  await go(buyer, `${order}/dispute`);
  await send(buyer, "confirm", { note: "" });
  await look(buyer, "dispute-refused");
  await send(buyer, "confirm", { why: "damaged", note: "Two of them are broken." });
  await look(buyer, "order-disputed-of-buyer");
  await go(seller, `${order}/answer`);
  await look(seller, "answer");
  await send(seller, "confirm", { note: "I am sorry." });
  await go(buyer, `${order}/evidence`);
  await look(buyer, "evidence");
  const file = (text) => ({ name: "p.pdf", mimeType: "application/pdf", buffer: Buffer.from(text) });
  await buyer.locator("main [name=file]").setInputFiles(file("no paper"));
  await send(buyer, "confirm", { note: "As it came." });
  await buyer.locator("#file-problem").waitFor();
  await look(buyer, "evidence-refused");
  await buyer.locator("main [name=file]").setInputFiles(file("%PDF-1.4\ntrailer<<>>\n%%EOF\n"));
  await send(buyer, "confirm");
  await buyer.locator("main a[href*='/files/']").first().waitFor();
  await look(buyer, "order-with-file");
  await go(seller, `${order}/propose`);
  await send(seller, "look", { amount: "45" });
  await look(seller, "propose-look");
  await send(seller, "confirm");
  await look(seller, "order-disputed-of-seller");
  await go(buyer, `${order}/agree`);
  await look(buyer, "agree");
  await send(buyer, "confirm");
  await look(buyer, "order-settled-of-buyer");
}

async function payOut({ buyer, seller, look }, order, slug) {
  await go(seller, `/my/shops/${slug}/money`);
  await look(seller, "shop-money");
  await go(seller, `${order}/pay-out`);
  await look(seller, "pay-out");
  await send(seller, "look", { way: "cash", name: "" });
  await look(seller, "pay-out-refused");
  await send(seller, "look", { way: "cash", name: "Wanjiru Kamau" });
  await look(seller, "pay-out-look");
  await send(seller, "confirm");
  await look(seller, "order-paid-out");
  for (const [name, page, path] of [["shop-money", seller, `/my/shops/${slug}/money`], ["my-money", buyer, "/me/money"]]) {
    await go(page, path);
    await look(page, `${name}-after`);
    await page.locator("main a[href^='/me/statement']").first().click();
    await page.waitForURL("**/me/statement*");
    await look(page, `${name}-statement`);
    await go(page, "/me/notices");
    await look(page, `${name}-notices`);
  }
}

async function handOut({ clerk, look }) {
  await go(clerk, "/counter/payouts");
  await look(clerk, "counter-payouts");
  await clerk.locator("main td a").first().click();
  await clerk.waitForURL("**/counter/payouts/*");
  await look(clerk, "counter-payout");
  await send(clerk, "done");
  await look(clerk, "counter-payout-refused");
}

const bankAccount = "DE36000000000000000000"; // of the demonstration
const day = new Date().toISOString().slice(0, 10);
const statement = (mark) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M${mark}</MsgId>
<CreDtTm>${day}T07:00:00</CreDtTm></GrpHdr><Stmt><Id>S${mark}</Id><CreDtTm>${day}T07:00:00</CreDtTm>
<Acct><Id><IBAN>${bankAccount}</IBAN></Id><Ccy>USD</Ccy></Acct>
<Ntry><Amt Ccy="USD">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt>
<AcctSvcrRef>B${mark}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Juma Baraka</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Ustrd>for the baskets</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`;

async function lookAtMoney({ operator, look }, contact, mark) {
  await enterAsOperator(operator, contact);
  await go(operator, "/operate/money");
  await look(operator, "operate-money");
  await send(operator, "show", { at: "yesterday" });
  await look(operator, "operate-money-refused");
  await send(operator, "check");
  await look(operator, "operate-money-checked");
  for (const [name, path] of Object.entries({
    account: "account", "account-lines": "account?account=way-cash:outside:USD", "account-list": "account?account=way-cash",
    disputes: "disputes", payouts: "payouts", payout: "payout", import: "import",
  })) {
    await go(operator, `/operate/money/${path}`);
    await look(operator, `operate-${name}`);
    // Decimals stand under one another in every script: digits run from left to right.
    const [direction, align] = await operator.evaluate(() => [document.documentElement.dir,
      getComputedStyle(document.querySelector("td.number") ?? document.body).textAlign]);
    if (name === "account-lines") assert.equal(align, direction === "rtl" ? "start" : "end");
  }
  await send(operator, "look");
  await look(operator, "operate-import-refused");
  await operator.locator("main [name=file]").setInputFiles({ name: "s.xml", mimeType: "text/xml", buffer: Buffer.from(statement(mark)) });
  await send(operator, "look");
  await look(operator, "operate-import-look");
  await send(operator, "take");
  await look(operator, "operate-import-done");
  await go(operator, "/operate/money/suspense");
  await look(operator, "operate-suspense");
  await operator.locator("main td a").first().click();
  await operator.waitForURL("**/operate/money/settle*");
  await look(operator, "operate-settle");
  await send(operator, "look", { what: "assign", reference: "RF00" });
  await look(operator, "operate-settle-refused");
  await send(operator, "look", { what: "covered" });
  await look(operator, "operate-settle-look");
}

async function trade(browser, language, i) {
  const faults = [];
  const look = async (page, what) => {
    page.complaints = page.complaints.filter((one) => !/responded with a status of 4\d\d/.test(one));
    await mustBeSound(page, `${what}-${language}`, { isDarkToo: true, faults });
  };
  const [buyer, seller, clerk, operator] = await Promise.all([0, 1, 2, 3].map(() => openWindow(browser, { language })));
  const at = { buyer, seller, clerk, operator, look };
  try {
    const [shop, slug] = [`Loom ${i + 1} of the lake`, `deeds-${language}`];
    await openShop(seller, host, { name: "Wanjiru", contact: `+25471234770${i}`, shop, place: "Kisumu", slug, about: "Woven." },
      async () => {});
    const goods = (await listGoods(seller, slug, `Ribbed basket ${i + 1}`)).replace("/my/goods/", "");
    await signUp(buyer, "Amina", `+25471234660${i}`);
    const asked = await ask(at, goods, shop);
    const reference = await agree(at, asked, slug);
    assert.ok(reference, "cash is paid by a reference");
    await go(clerk, "/sign-in");
    await send(clerk, "sign-in", { contact: process.env.BROWSER_CLERK, password });
    await takeCash(at, reference, "900");
    await dispute(at, asked.order);
    await payOut(at, asked.order, slug);
    await handOut(at);
    await lookAtMoney(at, process.env.BROWSER_OPERATORS.split(" ")[3 + i], `${i + 1}`);
  } finally {
    for (const page of [buyer, seller, clerk, operator]) await page.context().close();
  }
  assert.deepEqual(faults, []);
}

export function deeds(browser) {
  ["en", "ur", "ar", "sw", "zh"].forEach((language, i) => {
    journey(`every page of a deal and its money: ${language}`, () => trade(browser(), language, i));
  });
}
