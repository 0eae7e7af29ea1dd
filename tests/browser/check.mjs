// Opens a report in Chromium and prints, as JSON, what one check saw there.
//   node check.mjs CHECK FILE [ARGUMENT]
// CHROMIUM names the browser. Nothing but the file itself may be asked for.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const [check, file, argument = ""] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS,
});
const seen = { requests: [], errors: [] };

/** A page with the report; `ready` waits until its script has set it up. */
async function open({ hash = "", ready = true, ...options } = {}) {
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(file).href + hash;
  await page.route("**", (route) => {
    const asked = route.request().url();
    if (asked.split("#")[0] === url.split("#")[0]) return route.continue();
    seen.requests.push(asked);
    return route.abort();
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (said) => said.type() === "error" && seen.errors.push(said.text()));
  page.on("dialog", (dialog) => {
    seen.errors.push(`dialog ${dialog.message()}`);
    return dialog.dismiss();
  });
  await page.goto(url);
  if (ready) await page.waitForSelector("html[data-ready]");
  return page;
}

/** What is cut off, or makes the page scroll sideways; source may scroll in its own box. */
function tooWide() {
  const parts = [...document.querySelectorAll(".raw, .dec, .dec td, .dec th, summary, dd, h2")];
  const cut = parts.filter((part) => part.scrollWidth > part.clientWidth + 1);
  if (document.documentElement.scrollWidth > innerWidth) cut.push(document.documentElement);
  return cut.map((part) => part.outerHTML.slice(0, 120));
}

const visible = (page, selector) => page.locator(`${selector}:visible`).count();
const found = (page) => page.locator("#found").textContent();

async function filter(page, text) {
  await page.locator("#find").fill(text);
  await page.waitForFunction(() => new Promise((done) => setTimeout(() => done(true), 150)));
  return found(page);
}

async function violations(page) {
  // axe is run in a world of its own: the page's policy lets no other script in.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id, worldName: "axe",
  });
  const run = `${axe}; axe.run({ resultTypes: ["violations"] }).then((r) => JSON.stringify({
    passed: r.passes.length, violations: r.violations.map((v) => [v.impact, v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160))]) }))`;
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression: run, contextId: executionContextId, awaitPromise: true, returnByValue: true,
  });
  if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
  return JSON.parse(result.value);
}

/** Tasks of the page over 50 ms while `act` is at work, in ms. */
async function longTasks(page, act) {
  await page.evaluate(() => {
    window.long = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.long.push(Math.round(entry.duration));
    }).observe({ type: "longtask" });
  });
  await act();
  await page.waitForTimeout(300);
  return page.evaluate(() => window.long);
}

const checks = {
  /** The report as it is read, with and without scripts, in both schemes. */
  async shown() {
    const told = {};
    for (const javaScriptEnabled of [true, false]) {
      for (const colorScheme of ["light", "dark"]) {
        const page = await open({ ready: javaScriptEnabled, javaScriptEnabled, colorScheme });
        told[`${javaScriptEnabled ? "script" : "bare"} ${colorScheme}`] = {
          title: await page.locator("h2").first().textContent(),
          frames: await visible(page, ".frame"),
          words: await page.locator(".frame .w").count(),
          groups: await page.locator(".g").count(),
          tools: await visible(page, ".tools"),
          paper: await page.locator("body").evaluate((b) => getComputedStyle(b).backgroundColor),
          images: await page.locator("img, iframe, script:not([type]) ~ script").count(),
          wide: await page.evaluate(tooWide),
        };
      }
    }
    const page = await open({ viewport: { width: 400, height: 800 } });
    told.narrow = await page.evaluate(tooWide);
    return told;
  },

  /** Text that is searched for, and how many groups fit. */
  async search() {
    const page = await open();
    const told = { all: await found(page) };
    for (const text of argument.split("|")) {
      told[text] = [await filter(page, text), await visible(page, ".g")];
    }
    await page.locator("#find").press("Escape");
    told.cleared = await found(page);
    return told;
  },

  /** What a permalink opens. */
  async permalink() {
    const page = await open({ hash: `#${argument}` });
    const element = page.locator(".here");
    return {
      id: await element.getAttribute("id"),
      seen: await element.isVisible(),
      focused: await page.evaluate(() => document.activeElement.closest("[id]").id),
    };
  },

  /** Words light their arguments, arguments their words; by mouse and by focus. */
  async linked() {
    const page = await open();
    const texts = () => page.locator(".hot").allTextContents();
    const first = page.locator(".frame").first();
    await first.locator(".w").nth(1).hover();
    const byWord = await texts();
    await first.locator("tr[data-w] th").nth(1).hover();
    const byRow = await texts();
    await first.locator(".w").first().focus();
    await page.keyboard.press("ArrowRight");
    return { byWord, byRow, byFocus: await texts() };
  },

  /** Keys: filter, next, previous, help; copying. */
  async keys() {
    const page = await open({ permissions: ["clipboard-read", "clipboard-write"] });
    const at = () => page.evaluate(() => document.activeElement.closest("[id]")?.id);
    await page.keyboard.press("/");
    const filterFocused = await at();
    await page.keyboard.press("Escape");
    await page.locator("#main").focus();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    const second = await at();
    await page.keyboard.press("k");
    const back = await at();
    await page.keyboard.press("?");
    const help = await visible(page, "dialog");
    await page.keyboard.press("Escape");
    const copies = [];
    for (const label of ["Copy raw", "Copy decoded"]) {
      await page.getByRole("button", { name: label }).first().click();
      copies.push(await page.evaluate(() => navigator.clipboard.readText()));
    }
    await page.locator("#theme").click();
    await page.locator("#theme").click();
    const dark = await page.locator("body").evaluate((b) => getComputedStyle(b).backgroundColor);
    return { filterFocused, second, back, help, copies, dark };
  },

  /** The script makes the very elements that stand in the page without it. */
  async same() {
    const bare = await open({ javaScriptEnabled: false, ready: false });
    const written = await bare.locator(".list .g").evaluateAll(
      (groups) => groups.map((group) => [group.id, group.outerHTML]),
    );
    const page = await open();
    return page.evaluate((wanted) => wanted.map(([id, html]) => {
      const group = lists[0].rest.find((g) => g.anchor === id);
      const made = goroutine(group);
      made.lastElementChild.append(...body(group, lists[0].dump));
      return [html, made.outerHTML];
    }), written);
  },

  async axe() {
    const told = {};
    for (const colorScheme of ["light", "dark"]) {
      const page = await open({ colorScheme });
      for (const group of (await page.locator(".list .g > summary").all()).slice(0, 3)) {
        await group.click();
      }
      told[colorScheme] = await violations(page);
      await page.keyboard.press("?");
      told[`${colorScheme} help`] = await violations(page);
    }
    return told;
  },

  /** Milliseconds: first paint, and tasks over 50 ms while it loads, is scrolled, is filtered. */
  async speed() {
    const page = await open({ ready: false });
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length);
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0].startTime,
    );
    const loading = await longTasks(page, async () => {
      await page.waitForSelector("html[data-ready]");
      await page.waitForFunction(() => lists.every((l) => l.texts.length === l.dump.rows));
    });
    const scrolling = await longTasks(page, async () => {
      for (let turn = 0; turn < 40; turn++) {
        await page.mouse.wheel(0, 1500);
        await page.waitForTimeout(30);
      }
    });
    const keys = [];
    const filtering = await longTasks(page, async () => {
      await page.locator("#find").focus();
      for (const key of argument) {
        await page.keyboard.press(key);
        await page.waitForTimeout(120);
      }
    });
    for (const text of [argument, "", argument.slice(0, 1), argument.slice(0, 2)]) {
      keys.push(await page.evaluate(async (value) => {
        find.value = value;
        const start = performance.now();
        await apply();
        document.body.getBoundingClientRect();
        return Math.round(performance.now() - start);
      }, text));
    }
    const shown = await found(page);
    const unfolding = await longTasks(page, async () => {
      for (const group of (await page.locator(".list .g > summary").all()).slice(0, 5)) {
        await group.click();
      }
    });
    return { paint: Math.round(paint), loading, scrolling, filtering, unfolding, keys, shown };
  },
};

try {
  const told = await checks[check]();
  console.log(JSON.stringify({ ...seen, told }));
} finally {
  await browser.close();
}
