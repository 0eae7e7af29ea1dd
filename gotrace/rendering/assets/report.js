// What the page does: filter, links between words and arguments, permalinks, copying, keys.

const BATCH = 40; // groups that are shown at a time
const SLICE = 12; // milliseconds of work without a break
const HITS = 1500; // places that are highlighted

const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const pause = () => new Promise((resolve) => setTimeout(resolve));

// ---------------------------------------------------------------------- the data in the page

async function read(node) {
  if (!node.dataset.packed) return JSON.parse(node.textContent);
  const bytes = Uint8Array.from(atob(node.textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/** The list of a dump's groups: shows as many as are scrolled to. */
class List {
  constructor(article, dump) {
    this.article = article;
    this.dump = dump;
    this.prefix = article.dataset.dump === "1" ? "" : `d${article.dataset.dump}-`;
    this.whole = dump.groups.slice(0, Number(article.dataset.whole));
    this.rest = dump.groups.slice(this.whole.length);
    this.box = one(".list", article);
    this.open = new Set();
    this.texts = [];
    this.shown = 0;
    this.matching = this.rest;
    this.more = el("button", { type: "button" }, "Show more");
    this.foot = el("p", { class: "more-groups" }, this.more);
    this.more.addEventListener("click", () => this.extend());
    this.watch = new IntersectionObserver(
      (seen) => seen.some((entry) => entry.isIntersecting) && this.extend(),
      { rootMargin: "600px" },
    );
    if (this.box) this.show(this.rest);
  }

  /** Show these groups instead of those that are shown. */
  show(groups) {
    this.matching = groups;
    this.shown = 0;
    this.box.replaceChildren();
    this.extend();
  }

  extend() {
    this.watch.disconnect();
    this.foot.remove();
    const next = this.matching.slice(this.shown, this.shown + BATCH);
    this.box.append(...next.map((group) => this.made(group)));
    this.shown += next.length;
    if (this.shown < this.matching.length) {
      this.box.append(this.foot);
      this.watch.observe(this.foot);
    }
    highlight();
  }

  made(group) {
    const details = goroutine(group);
    details.addEventListener("toggle", () => this.toggled(details, group));
    if (this.open.has(group)) this.unfold(details, group);
    return details;
  }

  toggled(details, group) {
    if (details.open) this.unfold(details, group);
    else this.open.delete(group);
    highlight();
  }

  unfold(details, group) {
    this.open.add(group);
    const inside = details.lastElementChild;
    if (!inside.hasChildNodes()) {
      inside.append(...body(group, this.dump));
      furnish(details);
    }
    details.open = true;
  }

  /** The element of a group, which is put first if it is not shown. */
  find(group) {
    let details = document.getElementById(group.anchor);
    if (!details && this.box) {
      details = this.made(group);
      this.box.prepend(details);
    }
    if (details && this.rest.includes(group)) this.unfold(details, group);
    else if (details) details.open = true;
    return details;
  }

  /** Texts to search in, made bit by bit so that the page stays alive. */
  async index() {
    let start = performance.now();
    for (let number = this.texts.length; number < this.dump.rows; number++) {
      const row = this.dump.row(number);
      const cells = row.cells.map((c) => `${c.name} ${c.type} ${c.value} ${c.certainty} ${c.note}`);
      const marks = row.cells.flatMap((c) => c.marks.map((m) => `${m[1]} ${m[2]}`));
      const parts = [row.name, row.short, row.raw, row.site, row.place, ...cells, ...marks];
      this.texts.push(parts.join("\n").toLowerCase());
      if (performance.now() - start > SLICE) {
        await pause();
        start = performance.now();
      }
    }
  }

  filter(query) {
    const rows = query.terms.map((term) => this.texts.map((text) => text.includes(term.text)));
    const matches = (group) => this.matches(group, query, rows);
    let hits = 0;
    for (const group of this.whole) {
      const fits = matches(group);
      hits += fits;
      const details = document.getElementById(group.anchor);
      if (details) details.hidden = !fits;
    }
    const found = this.rest.filter(matches);
    hits += found.length;
    this.article.hidden = !hits && lists.length > 1;
    if (query.order) found.sort((a, b) => b[query.order] - a[query.order]);
    if (this.box) this.show(found);
    return hits;
  }

  matches(group, { terms, state }, rows) {
    if (state && group.state !== state) return false;
    return terms.every(({ text, not, id }, index) => {
      if (id !== null) return group.ids.includes(id) !== not;
      const head = `${group.title} ${group.state} ${group.wait} ${group.said.join(" ")} `;
      const below = group.below.join(" ");
      const found = (head + below).toLowerCase().includes(text);
      return (found || group.rows.some((row) => rows[index][row])) !== not;
    });
  }
}

const lists = [];

// ---------------------------------------------------------------------- filter

const find = one("#find");
const state = one("#state");
const order = one("#order");
const found = one("#found");

function query() {
  const parts = find.value.toLowerCase().match(/-?"[^"]*"|\S+/g) || [];
  const terms = parts.map((part) => {
    const not = part.length > 1 && part.startsWith("-");
    const text = part.slice(not ? 1 : 0).replace(/^"|"$/g, "");
    return { text, not, id: /^#\d+$/.test(text) ? Number(text.slice(1)) : null };
  });
  return { terms, state: state.value, order: { count: "count", wait: "longest" }[order.value] };
}

let latest = 0;

async function apply() {
  const turn = ++latest;
  const asked = query();
  if (asked.terms.length) for (const list of lists) await list.index();
  if (turn !== latest) return;
  let hits = 0;
  for (const list of lists) hits += list.filter(asked);
  const whole = lists.reduce((sum, list) => sum + list.dump.groups.length, 0);
  const limited = asked.terms.length || asked.state;
  const groups = `${whole.toLocaleString("en")} group${whole === 1 ? "" : "s"}`;
  found.textContent = limited ? `${hits.toLocaleString("en")} of ${groups}` : groups;
}

function states() {
  const counts = new Map();
  for (const list of lists) {
    for (const group of list.dump.groups) {
      if (group.state) counts.set(group.state, (counts.get(group.state) || 0) + group.count);
    }
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const options = sorted.map(([name, count]) => {
    return el("option", { value: name }, `${name} (${count.toLocaleString("en")})`);
  });
  state.replaceChildren(el("option", { value: "" }, "any state"), ...options);
}

/** Mark what was searched for, without touching the elements. */
function highlight() {
  if (!window.Highlight || !CSS.highlights) return;
  CSS.highlights.delete("found");
  const terms = query().terms.filter((t) => !t.not && t.id === null && t.text).map((t) => t.text);
  if (!terms.length) return;
  const later = window.requestIdleCallback || setTimeout; // Safari has none
  later(() => CSS.highlights.set("found", new Highlight(...ranges(terms))));
}

function ranges(terms) {
  const made = [];
  for (const details of all(".g:not([hidden])")) {
    const walker = document.createTreeWalker(details, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() && made.length < HITS) {
      const text = walker.currentNode.data.toLowerCase();
      for (const term of terms) {
        for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
          if (at + term.length > walker.currentNode.length) break;
          const range = new Range();
          range.setStart(walker.currentNode, at);
          range.setEnd(walker.currentNode, at + term.length);
          made.push(range);
        }
      }
    }
  }
  return made;
}

// ---------------------------------------------------------------------- words and arguments

/** What only a script can offer: keys within a frame, buttons to copy. */
function furnish(details) {
  for (const item of all(".frame", details)) {
    item.tabIndex = -1;
    const rows = all("tr[data-w]", item);
    all(".w", item).forEach((word, index) => {
      word.tabIndex = index ? -1 : 0;
      const row = rows.find((r) => numbers(r).includes(word.dataset.w));
      if (row && row.cells[0].textContent) word.title = row.cells[0].textContent;
    });
    rows.forEach((row, index) => (row.tabIndex = index ? -1 : 0));
  }
  const copy = (label, text) => {
    const button = el("button", { type: "button" }, label);
    button.addEventListener("click", () => copied(button, text(details)));
    return button;
  };
  const buttons = [copy("Copy raw", rawText), copy("Copy decoded", decodedText)];
  one(".body", details).prepend(el("div", { class: "acts" }, buttons));
}

const numbers = (row) => row.dataset.w.split(" ");
let lit = [];

function light(target) {
  for (const [element, kind] of lit) element.classList.remove(kind);
  lit = [];
  const part = target.closest(".w, tr[data-w]");
  if (!part) return;
  const item = part.closest(".frame");
  const isWord = part.classList.contains("w");
  const wanted = isWord ? [part.dataset.w] : numbers(part);
  const words = all(".w", item).filter((word) => wanted.includes(word.dataset.w));
  const rows = all("tr[data-w]", item).filter((row) => numbers(row).some((n) => wanted.includes(n)));
  lit = [...words, ...(isWord ? rows : [part])].map((element) => [element, "hot"]);
  const values = words.map((word) => word.textContent.replace("?", "")).filter((v) => v.length > 7);
  if (values.length) {
    for (const word of all(".g[open] .w", item.closest(".dump"))) {
      if (values.includes(word.textContent.replace("?", ""))) lit.push([word, "same"]);
    }
  }
  for (const [element, kind] of lit) element.classList.add(kind);
}

function rawText(details) {
  const title = one("summary .who", details).textContent;
  const frames = all(".raw", details).map((pre) => pre.textContent.replace("\n", "\n\t"));
  return `${title} [${all("summary .state, summary .wait", details)
    .map((part) => part.textContent).join(", ")}]:\n${frames.join("\n")}\n`;
}

function decodedText(details) {
  const lines = [all(".who, .state, .wait", one("summary", details)).map((p) => p.textContent).join(" ")];
  for (const item of all(".frame", details)) {
    lines.push(all(".head > :not(.link)", item).map((p) => p.textContent).join("  "));
    for (const row of all("tr[data-w]", item)) {
      const texts = all("th, .type, .val > span:first-child, .cert", row).map((c) => c.textContent);
      lines.push(`     ${texts.filter(Boolean).join("  ")}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "hidden" });
    area.value = text;
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1200);
}

// ---------------------------------------------------------------------- permalinks and keys

/** Open what the address names: `#g12`, `#g12-f3`, of another dump `#d2-g12-f3`. */
function follow() {
  const match = /^#((?:d\d+-)?)([gs])(\d+)(?:-f(\d+))?$/.exec(location.hash);
  for (const element of all(".here")) element.classList.remove("here");
  if (!match) return;
  const [, prefix, kind, number, frameNumber] = match;
  const list = lists.find((l) => l.prefix === prefix);
  const anchor = `${prefix}${kind}${number}`;
  const group = list && (list.dump.groups.find((g) => g.anchor === anchor)
    || (kind === "g" && list.dump.of(Number(number))));
  if (!group) return;
  const details = list.find(group);
  if (!details) return;
  details.hidden = list.article.hidden = false;
  const item = frameNumber && document.getElementById(`${group.anchor}-f${frameNumber}`);
  (item || details).classList.add("here");
  (item || details.firstElementChild).focus({ preventScroll: true });
  (item || details).scrollIntoView({ block: item ? "center" : "start" });
}

function step(by) {
  const stops = all(".g > summary, .g[open] .frame").filter((stop) => stop.checkVisibility());
  const now = document.activeElement.closest(".frame, .g > summary");
  const at = stops.indexOf(now);
  const next = stops[at < 0 && by < 0 ? stops.length - 1 : at + by];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/** Arrows move between the words of a frame, its arguments, and the cells of the picture. */
function arrow(event) {
  const now = event.target;
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  let group = null;
  if (now.matches(".w")) group = all(".w", now.closest(".frame"));
  else if (now.matches("tr[data-w]")) group = all("tr[data-w]", now.closest(".frame"));
  else if (now.matches(".icicle a")) group = all("a", now.closest(".icicle"));
  if (!group) return;
  const isCell = now.matches(".icicle a");
  const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
  const next = isCell && vertical ? beyond(now, group, by) : group[group.indexOf(now) + by];
  event.preventDefault();
  if (!next) return;
  now.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

/** The cell above or below. */
function beyond(now, cells, by) {
  const box = now.getBoundingClientRect();
  const middle = box.left + Math.min(box.width, 4) / 2;
  return cells.find((cell) => {
    const other = cell.getBoundingClientRect();
    const level = Math.round((other.top - box.top) / box.height);
    return level === by && other.left <= middle && middle <= other.right;
  });
}

const THEMES = ["auto", "light", "dark"];

function theme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  one("#theme").textContent = `Theme: ${name}`;
}

function nextTheme() {
  const now = document.documentElement.dataset.theme || "auto";
  const name = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  theme(name);
  try {
    localStorage.setItem("gotrace-theme", name);
  } catch {} // a page from a file may have no storage
}

const KEYS = [
  ["/", "filter"], ["Esc", "clear the filter"], ["j  k", "next, previous goroutine or frame"],
  ["Enter", "unfold"], ["← → ↑ ↓", "words, arguments, cells of the picture"],
  ["t", "theme"], ["?", "this list"],
];

function help() {
  const rows = KEYS.map(([key, what]) => {
    return el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, what));
  });
  const close = el("button", { type: "button" }, "Close");
  const dialog = el(
    "dialog", { "aria-label": "Keyboard shortcuts" }, el("dl", {}, rows),
    el("p", { class: "note" }, 'Filter: all words must fit; -word excludes, "a b" is one, #12 a goroutine.'),
    close,
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || one("dialog")) return;
  if (event.target.matches("input, select")) {
    if (event.key === "Escape" && event.target === find) {
      find.value = "";
      apply();
    }
    return;
  }
  if (event.key.startsWith("Arrow")) arrow(event);
  const acts = { "/": () => find.focus(), j: () => step(1), k: () => step(-1), "?": help, t: nextTheme };
  if (Object.hasOwn(acts, event.key)) {
    event.preventDefault();
    acts[event.key]();
  }
}

// ---------------------------------------------------------------------- start

function picture(svg) {
  all("a", svg).forEach((cell, index) => {
    cell.setAttribute("tabindex", index ? "-1" : "0");
    cell.addEventListener("click", (event) => {
      event.preventDefault();
      find.value = `"${cell.dataset.name}"`;
      apply();
    });
  });
}

async function start() {
  try {
    theme(localStorage.getItem("gotrace-theme") || "auto");
  } catch {}
  one(".buttons").hidden = false;
  one("#theme").addEventListener("click", nextTheme);
  one("#help").addEventListener("click", help);
  document.addEventListener("keydown", pressed);
  document.addEventListener("mouseover", (event) => light(event.target));
  document.addEventListener("focusin", (event) => light(event.target));
  all(".dump > .g").forEach(furnish);
  for (const article of all(".dump")) {
    const data = await read(one(`#data-${article.dataset.dump}`));
    lists.push(new List(article, new Dump(data)));
  }
  if (lists.length) one(".tools").hidden = false;
  all(".icicle").forEach(picture);
  for (const input of [find, state, order]) input.addEventListener("input", apply);
  one("#own").addEventListener("change", (event) => {
    document.documentElement.classList.toggle("only-own", event.target.checked);
  });
  states();
  await apply();
  // Until it is loaded, the browser itself goes to the address, and takes the focus away.
  if (document.readyState !== "complete") {
    await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }));
    await pause();
  }
  window.addEventListener("hashchange", follow);
  follow();
  document.documentElement.dataset.ready = "";
  for (const list of lists) await list.index();
}

start();
