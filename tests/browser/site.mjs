// Opens the docs site from the disk in Chromium and prints, as JSON, what was seen there:
//   node site.mjs FOLDER PAGE…
// CHROMIUM names the browser.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
});
const seen = { requests: [], errors: [], papers: {}, violations: {}, wide: [] };

async function open(name, { width = 1280, ...options } = {}) {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ viewport, ...options });
  const page = await context.newPage();
  page.on("request", (asked) => {
    if (!/^(file|data|blob):/.test(asked.url())) seen.requests.push(asked.url());
  });
  page.on("pageerror", (error) => seen.errors.push(`${name}: ${error}`));
  page.on("console", (said) => said.type() === "error" && seen.errors.push(`${name}: ${said.text()}`));
  await page.goto(pathToFileURL(join(folder, name)).href);
  return page;
}

/** What a search finds, as it is typed. */
async function search(page, text) {
  await page.waitForTimeout(500);
  await page.keyboard.press("/");
  await page.waitForTimeout(1000);
  await page.keyboard.type(text, { delay: 80 });
  await page.getByText("1 result", { exact: true }).waitFor({ timeout: 10000 });
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.endsWith("/index.html"));
  return new URL(page.url()).pathname.split("/").pop();
}

try {
  for (const name of pages) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(name, { colorScheme });
      seen.papers[`${name} ${colorScheme}`] = await page.evaluate(
        () => getComputedStyle(document.body).backgroundColor,
      );
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run(document, { preload: false }));
      seen.violations[`${name} ${colorScheme}`] = found.violations
        .filter((each) => ["serious", "critical"].includes(each.impact))
        .map((each) => [each.id, each.nodes.length, each.nodes[0].html.slice(0, 200)]);
      await page.context().close();
    }
    const narrow = await open(name, { width: 390 });
    if (await narrow.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
      seen.wide.push(name);
    }
    await narrow.context().close();
  }
  seen.search = await search(await open("index.html"), "leak candidate");
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
