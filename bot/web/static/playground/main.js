// Puts the page together: one stream of news, handed to the parts that it concerns.
import * as board from "./board.js";
import * as clock from "./clock.js";
import * as notices from "./notices.js";
import { Phone } from "./phone.js";
import * as tabs from "./tabs.js";
import { neighbourhood } from "./times.js";
import { say } from "./words.js";

const messages = new Map(); // screen -> Map(key -> message)
const phones = [...document.querySelectorAll(".phone")].map((pane) => new Phone(pane, messages));
let first = true;

function takeScreens(rows) {
  const fresh = rows.filter((row) => !messages.get(row.screen)?.has(row.key));
  for (const row of fresh) {
    if (!messages.has(row.screen)) messages.set(row.screen, new Map());
    messages.get(row.screen).set(row.key, row);
    if (!first) for (const phone of phones) phone.take(row, true);
  }
}

function takeRecalled(keys) {
  for (const [screen, known] of messages) {
    const gone = keys.filter((key) => known.get(key)?.recalled === false);
    for (const key of gone) known.get(key).recalled = true;
    if (gone.length) for (const phone of phones) if (phone.screen === screen) phone.draw();
  }
}

function take(news) {
  if (news.afresh) location.reload(); // the data were put back: nothing on this page is true any more
  if (news.clock) neighbourhood.set(new Date(news.clock));
  if (news.screens) takeScreens(news.screens);
  if (news.recalled) takeRecalled(news.recalled);
  if (first) for (const phone of phones) phone.draw();
  if (news.tickets) board.show(news.tickets, first);
  if (news.notices) notices.show(news.notices, first);
  clock.tick();
  first = false;
}

function connect() {
  const state = document.getElementById("link-state");
  const words = document.getElementById("link-words");
  const note = (name, sentence) => { state.dataset.state = name; words.textContent = say(sentence); };
  const stream = new EventSource("/playground/events");
  stream.addEventListener("open", () => note("open", "linked"));
  stream.addEventListener("error", () => {
    note("broken", "broken");
    // The browser comes back by itself unless the server answered with an error: then we do.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
  stream.addEventListener("message", (event) => take(JSON.parse(event.data)));
}

document.addEventListener("hold", ({ detail }) => phones.find((phone) => !phone.chat).hold(detail));
document.addEventListener("shown", ({ detail }) => phones.find((phone) => phone.name === detail)?.draw());
document.getElementById("lightbox").addEventListener("click", (event) => event.currentTarget.close());
tabs.show(document.body.dataset.tab);
setInterval(() => { clock.tick(); board.tick(); }, 1000);
connect();
