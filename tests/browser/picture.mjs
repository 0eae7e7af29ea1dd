// Takes pictures of pages: node picture.mjs '[{"file": …, "out": …, "width": …, …}]'.
//   scheme: light or dark; height: of the window; of: only this element; press: keys before it.
// CHROMIUM names the browser. A page that asks for anything but files is an error.

import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS,
});
try {
  for (const wanted of JSON.parse(process.argv[2])) await take(wanted);
} finally {
  await browser.close();
}

async function take({ file, out, width, height = 800, scheme = "light", of = "", press = [] }) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 1.5,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.route("**", (route) => {
    if (route.request().url().startsWith("file:")) return route.continue();
    throw new Error(`${file} asks for ${route.request().url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(() => document.fonts.ready);
  for (const key of press) await page.keyboard.press(key);
  await page.waitForTimeout(300);
  if (of) await page.locator(of).screenshot({ path: out });
  else await page.screenshot({ path: out });
  await context.close();
}
