// What a user sees: squiggles, hints, lens, the culprit in the Go file, the clipboard command.
const { chromium } = require("playwright");
const path = require("path");

let failed = false;
function check(what, holds, seen) {
  console.log(`${holds ? "ok    " : "WRONG "}${what}  ${JSON.stringify(seen)}`);
  failed = failed || !holds;
}

async function openFile(page, name) {
  await page.keyboard.press("Control+P");
  await page.waitForSelector(".quick-input-widget input", { state: "visible" });
  await page.keyboard.type(name, { delay: 20 });
  await page.waitForTimeout(1500);
  await page.keyboard.press("Enter");
}

async function text(page, selector) {
  return (await page.locator(selector).allTextContents()).map((t) => t.replace(/\u00a0/g, " "));
}

async function until(seconds, condition) {
  for (let i = 0; i < seconds * 5; i++) {
    const found = await condition();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 200));
  }
  return false;
}

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 640 }, deviceScaleFactor: 1.25, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await page.goto(process.env.URL);
  await page.waitForSelector(".monaco-workbench", { timeout: 120000 });
  await page.waitForTimeout(4000);
  await page.keyboard.press("Control+B"); // the side bar: the pictures are of the editor

  const start = Date.now();
  await openFile(page, "crash.gotrace");
  const squiggle = await until(60, async () => page.locator(".squiggly-error").count());
  check("squiggle", squiggle >= 1, { count: squiggle, seconds: (Date.now() - start) / 1000 });
  const hints = await until(30, async () => {
    const lines = (await text(page, ".view-line")).join("\n");
    return lines.includes("timeout=") && lines.includes("15s");
  });
  check("hints", hints, (await text(page, ".view-line")).find((l) => l.includes("timeout=")));
  const lens = await until(30, async () => (await text(page, ".codelens-decoration")).find((t) => t.includes("show decoded")));
  check("lens", lens, lens);
  const language = await text(page, ".statusbar-item");
  check("language by extension", language.some((t) => t.includes("Go Trace")), language.find((t) => t.includes("Go Trace")));
  await page.screenshot({ path: path.join(process.env.OUT, "vscode-log.png") });

  await page.locator(".view-line", { hasText: "Connect" }).first().hover({ position: { x: 420, y: 9 } });
  const hover = await until(20, async () => (await text(page, ".monaco-hover")).find((t) => t.includes("servAddr") || t.includes("rsp is nil")));
  check("hover", hover, hover && hover.slice(0, 120));
  await page.screenshot({ path: path.join(process.env.OUT, "vscode-hover.png") });
  await page.keyboard.press("Escape");

  await openFile(page, "client.go");
  await page.waitForTimeout(2000);
  await page.keyboard.press("Control+G");
  await page.keyboard.type("79");
  await page.keyboard.press("Enter");
  const culprit = await until(30, async () => page.locator(".squiggly-error").count());
  check("culprit in the Go file", culprit >= 1, culprit);
  await page.keyboard.press("Control+Shift+M");
  const problems = await until(20, async () => (await text(page, ".markers-panel .monaco-list-row")).find((t) => t.includes("rsp is nil")));
  check("problems", problems, problems);
  await page.screenshot({ path: path.join(process.env.OUT, "vscode-source.png") });

  await page.evaluate(() => navigator.clipboard.writeText("panic: x\n\ngoroutine 1 [running]:\nstrings.Repeat({0xc000014000?, 0x3}, 0x5)\n\t/usr/local/go/src/strings/strings.go:600 +0x1d\n"));
  await page.keyboard.press("F1");
  await page.waitForTimeout(500);
  await page.keyboard.type("Annotate panic from clipboard");
  await page.waitForTimeout(1500);
  await page.keyboard.press("Enter");
  const pasted = await until(30, async () => (await text(page, ".view-line")).find((l) => l.includes("strings.Repeat") && l.includes("count=")));
  check("clipboard", pasted, pasted);
  await page.screenshot({ path: path.join(process.env.OUT, "vscode-clipboard.png") });

  await browser.close();
  console.log(failed ? "FAILED" : "OK");
}

main().catch((error) => {
  console.log(String(error));
  process.exit(1);
});
