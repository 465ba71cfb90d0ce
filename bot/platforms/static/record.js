// The record, newest first: what was accepted, refused and pushed.
import { make } from "./make.js";
import { read } from "./net.js";
import { DOORS, OUTCOMES, timeOf } from "./words.js";

const MOST = 300; // lines on the page
const list = document.getElementById("record");
const count = document.getElementById("record-count");
const filters = document.getElementById("filters");
const entries = [];

const classOf = (entry) => (["push", "refused"].includes(entry.what) ? entry.what : "taken");

function titleOf(entry) {
  const { fields } = entry;
  if (entry.what === "push") return `推来 ${fields.kind} ${fields.person ?? ""} · ${OUTCOMES[fields.outcome] ?? fields.outcome ?? ""}`;
  if (entry.what === "refused") return `拒绝 ${fields.path} · ${fields.errcode ?? "断线"}`;
  return entry.what;
}

function line(entry) {
  const title = make("summary", {}, make("time", {}, timeOf(entry.at, Date.now() / 1000)), make("i", {}, DOORS[entry.door] ?? entry.door), make("b", {}, titleOf(entry)));
  const details = make("details", {}, title);
  details.addEventListener("toggle", () => {
    if (details.childElementCount === 1) details.append(make("pre", {}, JSON.stringify(entry.fields, null, 2)));
  });
  return make("li", { class: `is-${classOf(entry)}`, "data-seq": entry.seq }, details);
}

function wanted(entry) {
  const { door, what, words } = filters;
  if (door.value && entry.door !== door.value) return false;
  if (what.value && classOf(entry) !== what.value) return false;
  return !words.value || JSON.stringify(entry).includes(words.value.trim());
}

function say() {
  const shown = list.childElementCount;
  count.textContent = entries.length ? `一共 ${entries.length} 条${shown < entries.length ? `，列出 ${shown} 条` : ""}。` : "还什么都没有发生。";
}

function again() {
  list.replaceChildren(...entries.filter(wanted).slice(-MOST).reverse().map(line));
  say();
}

filters.addEventListener("input", again);
filters.addEventListener("submit", (event) => event.preventDefault());
again();

/** Reads what has happened since. */
export async function update() {
  const after = entries.at(-1)?.seq ?? 0;
  const { entries: news } = await read(`/admin/record?after=${after}`);
  if (!news.length || (entries.at(-1)?.seq ?? 0) !== after) return;
  entries.push(...news);
  list.prepend(...news.filter(wanted).slice(-MOST).reverse().map(line));
  while (list.childElementCount > MOST) list.lastElementChild.remove();
  say();
}
