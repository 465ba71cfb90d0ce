// The page: two phones and the desk, looked at again every second.
import * as desk from "./desk.js";
import { read } from "./net.js";
import { Phone } from "./phone.js";
import * as record from "./record.js";

const EVERY = 1000; // milliseconds
const live = document.getElementById("live");
const words = document.getElementById("live-words");
const places = Object.fromEntries([...document.querySelectorAll(".phone")].map((root) => [root.dataset.place, root]));
const phones = [
  new Phone(places.left, { door: "oa", person: "o_wang-guilan" }),
  new Phone(places.right, { door: "wecom", person: "feng-tao" }),
];
let leaf = "accounts";
let looking = false;
let again = false;

function say(state, text) {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  words.textContent = text;
}

async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    const state = await read("/admin/state");
    desk.update(state, leaf);
    await Promise.all([...phones.map((phone) => phone.update(state)), record.update()]);
    say("open", "连着");
  } catch (error) {
    if (!(error instanceof TypeError)) console.error(error);
    say("lost", "模拟器没有答");
  }
  looking = false;
  if (again) {
    again = false;
    look();
  }
}

function choose(attribute, chosen) {
  for (const one of document.querySelectorAll(`nav [data-${attribute}]`)) {
    one.setAttribute("aria-pressed", String(one.dataset[attribute] === chosen));
  }
}

for (const tab of document.querySelectorAll(".panes [data-pane]")) {
  tab.addEventListener("click", () => {
    document.body.dataset.pane = tab.dataset.pane;
    choose("pane", tab.dataset.pane);
    for (const phone of phones) phone.toEnd();
  });
}
for (const tab of document.querySelectorAll(".leaves [data-leaf]")) {
  tab.addEventListener("click", () => {
    leaf = tab.dataset.leaf;
    choose("leaf", leaf);
    for (const one of document.querySelectorAll(".leaf")) one.hidden = one.dataset.leaf !== leaf;
    look();
  });
}

desk.listen();
document.addEventListener("acted", look);
document.addEventListener("visibilitychange", () => document.hidden || look());
setInterval(() => document.hidden || look(), EVERY);
look();
