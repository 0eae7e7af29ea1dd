"use strict";
// What gotrace/rendering/html_frames.py writes, made of the data in the page: the same elements.
// Text enters the page by text nodes and attribute values only; nothing here parses markup.

const WORD = /0x[0-9a-f]+\??/g; // as html_rows.py
const PUT = /\x01(\d+);/g; // html_blob.py

/** An element: attributes that are null or false are left out, children are nodes or texts. */
function el(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
}

const span = (kind, text) => (text ? el("span", { class: kind }, text) : null);
const several = (count) => (count > 1 ? `${count.toLocaleString("en")} ×` : "");

/** Rows and groups of one dump, each expanded when it is asked for. */
class Dump {
  constructor(data) {
    this.data = data;
    this.rows = data.rows.length;
    this.groups = data.groups.map((told) => this.group(told));
    this.byId = null;
  }

  group(told) {
    const text = this.data.strings;
    const [anchor, title, state, wait, top, via, place, gap, ...rest] = told;
    const [count, longest, crashed, own, gapAfter, ids, rows, said, below] = rest;
    return {
      anchor, count, longest, crashed, own, gapAfter, ids, rows, said,
      title: text[title], state: text[state], wait: text[wait], top: text[top], via: text[via],
      place: text[place], gap: text[gap], below: below.map((number) => text[number]),
    };
  }

  row(number) {
    const text = this.data.strings;
    const [head, raw, cells, issues] = this.data.rows[number];
    const [name, short, site, place, badge, own] = this.data.heads[head];
    const words = raw.match(WORD) || [];
    return {
      name: text[name], short: text[short], site: text[site], place: text[place],
      badge: text[badge], own, raw, issues: issues || [],
      cells: cells.map((cell) => this.cell(this.data.cells[cell], words)),
    };
  }

  cell(told, words) {
    const text = this.data.strings;
    const [name, type, value, certainty, note, numbers, marks] = told;
    const put = (_, number) => words[number].replace("?", "");
    return {
      name: text[name], type: text[type], certainty: text[certainty], note: text[note],
      value: text[value].replace(PUT, put), words: numbers, marks: marks || [],
    };
  }

  /** The group that a goroutine is in. */
  of(id) {
    if (this.byId === null) {
      this.byId = new Map();
      for (const group of this.groups) for (const one of group.ids) this.byId.set(one, group);
    }
    return this.byId.get(id);
  }
}

function summary(group) {
  const what = el("span", { class: "what" }, span("fn", group.top) || el("span", { class: "fn" }));
  if (group.via) what.append(span("via", ` ← ${group.via}`));
  return el(
    "summary", {}, span("count", several(group.count)), span("who", group.title),
    span("state", group.state), span("wait", group.wait),
    group.crashed ? el("strong", { class: "bad" }, "crashed") : null, what, span("at", group.place),
  );
}

/** A group, folded; `body` fills it. */
function goroutine(group) {
  const kind = group.crashed ? "g crashed" : "g";
  const inside = el("div", { class: "body" });
  return el("details", { class: kind, id: group.anchor }, summary(group), inside);
}

/** What unfolds from a group. */
function body(group, dump) {
  const said = (texts) => texts.map((text) => el("p", { class: "said" }, text));
  const frames = group.rows.map((row, index) => frame(dump.row(row), group, index));
  const listed = frames.length ? el("ol", { class: "frames" }, frames) : null;
  return [...said(group.said), listed, ...said(group.below)].filter((part) => part !== null);
}

function frame(row, group, index) {
  const number = index + 1;
  const anchor = `${group.anchor}-f${number}`;
  const link = el(
    "a", { class: "link", href: `#${anchor}`, "aria-label": `Link to frame ${number}` }, "#",
  );
  const gap = group.gap && group.gapAfter === index;
  return el(
    "li", { class: row.own ? "frame own" : "frame", id: anchor },
    el(
      "div", { class: "head" }, span("no", String(number)), span("fn", row.short),
      span("at", row.place), span("badge", row.badge), link,
    ),
    el("div", { class: "pair" }, raw(row), decoded(row)),
    row.issues.map((issue) => el("p", { class: "issue" }, issue)),
    gap ? el("p", { class: "said" }, group.gap) : null,
  );
}

function raw(row) {
  const made = el("pre", { class: "raw" }, row.name);
  let end = 0;
  let number = 0;
  for (const match of row.raw.matchAll(WORD)) {
    const word = el("b", { class: "w", "data-w": String(number++) }, match[0]);
    made.append(row.raw.slice(end, match.index), word);
    end = match.index + match[0].length;
  }
  made.append(row.raw.slice(end));
  if (row.site) made.append("\n", span("site", row.site));
  made.normalize();
  return made;
}

function decoded(row) {
  if (!row.cells.length) {
    const unsigned = row.raw.includes("0x") && !row.badge;
    return unsigned ? el("p", { class: "note" }, "no signature") : null;
  }
  const titles = ["Argument", "Type", "Value", "Certainty"];
  const columns = ["c1", "c2", null, "c4"].map((kind) => el("col", { class: kind }));
  const heads = titles.map((title) => el("th", { scope: "col" }, title));
  return el(
    "table", { class: "dec" }, el("colgroup", {}, columns),
    el("thead", {}, el("tr", {}, heads)), el("tbody", {}, row.cells.map((cell, index) => argument(cell, row.cells[index - 1]))),
  );
}

function argument(cell, above) {
  const note = above && above.note === cell.note ? "" : cell.note;
  const value = el("td", { class: "val" }, el("span", {}, cell.value), span("note", note));
  value.append(...cell.marks.map(finding));
  return el(
    "tr",
    { class: `c-${cell.certainty.replace(" ", "-") || "none"}`, "data-w": cell.words.join(" ") },
    cell.name ? el("th", { scope: "row" }, cell.name) : el("td", {}),
    el("td", { class: "type" }, cell.type), value, el("td", { class: "cert" }, cell.certainty),
  );
}

function finding([severity, code, message, evidence]) {
  return el(
    "span", { class: `mark ${severity}` }, el("b", {}, severity), ` ${message} `,
    el("code", {}, code), evidence.map((text) => span("ev", text)),
  );
}
