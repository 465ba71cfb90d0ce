// Notices: an administrator's own words in private chat, sent by a form; and what became of them.
import { get, post, toast } from "./net.js";
import { ring } from "./tabs.js";
import { copyOf, say } from "./words.js";

const MANY = 20;
const list = document.getElementById("notice-list");
const form = document.getElementById("notice-form");
const speaker = form.dataset.speaker;
const lines = new Map();

const tell = (text) => post("/playground/say", { speaker, chat: null, kind: "text", text });

async function draft() {
  const words = document.getElementById("notice-text");
  const text = words.value.trim();
  if (!text) return;
  if ((await tell(`${say("command_notice")} ${text}`)) !== null) {
    words.value = "";
    document.dispatchEvent(new CustomEvent("hold", { detail: speaker }));
  }
}

async function confirm(notice, button) {
  button.disabled = true;
  await tell(say("confirm_count", { command: say("command_confirm"), number: notice.number, count: notice.counted }));
  setTimeout(() => { button.disabled = false; }, 1500);
}

async function links(notice, limit) {
  const found = await get(`/playground/unopened?notice=${notice.number}&limit=${limit}`);
  if (!found?.paths.length) toast(say("no_links"));
  return found?.paths ?? [];
}

async function openOne(notice) {
  const tab = window.open("about:blank", "_blank"); // at once, while the click still allows it
  const [path] = await links(notice, 1);
  if (path && tab) tab.location.href = path;
  else tab?.close();
}

/** The same request that each household's page sends once somebody looks at it. */
async function openMany(notice, button) {
  button.disabled = true;
  let opened = 0;
  for (const path of await links(notice, MANY)) {
    const answer = await fetch(`${path}/seen`, { method: "POST" }).catch(() => null);
    if (answer?.ok) opened += 1;
    await new Promise((done) => setTimeout(done, 120));
  }
  if (opened) toast(say("opened_many", { count: opened }));
  button.disabled = false;
}

function paint(line, notice) {
  const households = notice.households || notice.counted || 0;
  line.dataset.state = notice.state;
  line.querySelector("b").textContent = say("notice_title", notice);
  line.querySelector(".notice-state").textContent = say(`notice_state.${notice.state}`);
  line.querySelector(".notice-text").textContent = notice.text;
  line.querySelector(".notice-draft p").textContent = say(notice.ready ? "notice_counted" : "notice_asks", { count: notice.counted });
  line.querySelector("[data-do='confirm']").hidden = !notice.ready;
  line.querySelector("[data-do='confirm']").textContent = say("notice_send", { count: notice.counted });
  for (const name of ["sent", "seen", "confirmed"]) {
    line.querySelector(`.bar-${name}`).style.width = households ? `${(100 * notice[name]) / households}%` : "0";
  }
  for (const figure of line.querySelectorAll("[data-figure]")) {
    const value = notice[figure.dataset.figure] ?? 0;
    figure.textContent = value;
    figure.parentElement.classList.toggle("is-zero", value === 0);
  }
  const bar = line.querySelector(".read-bar");
  const percent = households ? Math.round((100 * notice.seen) / households) : 0;
  bar.setAttribute("aria-label", `${say("households", { count: households })}, ${say("percent", { percent })}`);
}

function lineOf(notice) {
  const line = copyOf("t-notice");
  line.dataset.number = notice.number;
  const on = (name, act) => {
    const button = line.querySelector(`[data-do='${name}']`);
    button.addEventListener("click", () => act(line.notice, button));
  };
  on("confirm", confirm);
  on("open-one", openOne);
  on("open-many", openMany);
  return line;
}

export function show(notices, first) {
  for (const notice of [...notices].sort((a, b) => a.number - b.number)) {
    let line = lines.get(notice.number);
    if (!line) {
      line = lineOf(notice);
      lines.set(notice.number, line);
      list.prepend(line);
      if (!first) ring("notices");
    }
    line.notice = notice;
    paint(line, notice);
  }
}

form.addEventListener("submit", (event) => { event.preventDefault(); draft(); });
