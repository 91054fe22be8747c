// The journeys of visitors, sellers and operators through a hub that runs, in a real browser. tests/browser_test.py starts it.
//   BROWSER_HOST=http://localhost:8080/ BROWSER_MODULES=<folder of node_modules> node tests/browser/journeys.mjs
import { after, before, describe } from "node:test";
import { deeds } from "./deeds.mjs";
import { openBrowser } from "./house.mjs";
import { orders } from "./order.mjs";
import { everyPage } from "./pages.mjs";
import { seller } from "./seller.mjs";
import { visitor } from "./visitor.mjs";

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());
describe("visitors", () => visitor(() => browser));
// Most of the time they wait for a slow line, so they wait together.
describe("sellers", { concurrency: 3 }, () => seller(() => browser));
describe("orders", () => orders(() => browser));
describe("deals", () => deeds(() => browser));
describe("all", () => everyPage(() => browser));
