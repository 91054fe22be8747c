// The journeys of a visitor and of a seller through a hub that runs, in a real browser. tests/browser_test.py starts it.
//   BROWSER_HOST=http://localhost:8080/ BROWSER_MODULES=<folder of node_modules> node tests/browser/journeys.mjs
import { after, before } from "node:test";
import { openBrowser } from "./house.mjs";
import { seller } from "./seller.mjs";
import { visitor } from "./visitor.mjs";

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());
visitor(() => browser);
seller(() => browser);
