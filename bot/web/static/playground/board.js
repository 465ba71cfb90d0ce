// The board: tickets move from lane to lane as it happens, and their lights follow the neighbourhood's clock.
import { post } from "./net.js";
import { ring } from "./tabs.js";
import { neighbourhood, span } from "./times.js";
import { copyOf, say } from "./words.js";

const board = document.getElementById("board");
const lines = new Map(); // number -> { line, ticket }
const still = matchMedia("(prefers-reduced-motion: reduce)");

function mark(kind, words) {
  const found = document.createElement("span");
  found.className = `mark mark-${kind}`;
  found.textContent = words;
  return found;
}

function marksOf(ticket, light) {
  const found = [];
  if (ticket.urgent) found.push(mark("urgent", say("urgent")));
  if (ticket.confidential) found.push(mark("confidential", say("confidential")));
  if (light) found.push(mark(light, say(light)));
  if (ticket.lane === "finished" && ticket.closing === "solved") {
    const rating = ticket.rating ?? "none";
    found.push(mark(rating, say(`rating.${rating}`)));
  }
  return found;
}

function whoHas(ticket) {
  if (ticket.lane === "finished") return ticket.closing ? say(`closing.${ticket.closing}`) : "";
  if (ticket.holder) return say(ticket.lane === "checking" ? "done_by" : "held_by", ticket);
  return ticket.desk ? say("at_desk", ticket) : say("no_desk");
}

function lightOf(ticket, now) {
  if (!ticket.due_at) return "";
  if (now >= new Date(ticket.due_at)) return "red";
  return now >= new Date(ticket.yellow_at) ? "yellow" : "";
}

function awaited(ticket, due, now) {
  const values = { span: span(due - now), what: say(`due.${ticket.due_what}`) };
  if (now < due) return say("left", values);
  return say(now - due < 60000 ? "late_now" : "late", values);
}

function paint({ line, ticket }, now) {
  const light = lightOf(ticket, now);
  if (light) line.dataset.light = light;
  else delete line.dataset.light;
  line.querySelector(".ticket-marks").replaceChildren(...marksOf(ticket, light));
  const clock = line.querySelector(".ticket-clock");
  clock.hidden = !ticket.due_at;
  if (!ticket.due_at) return;
  const opened = new Date(ticket.opened_at);
  const due = new Date(ticket.due_at);
  const share = Math.min(Math.max((now - opened) / (due - opened), 0.02), 1);
  line.querySelector(".ticket-bar i").style.width = `${share * 100}%`;
  line.querySelector(".ticket-left").textContent = awaited(ticket, due, now);
}

function fill(entry) {
  const { line, ticket } = entry;
  line.dataset.number = ticket.number;
  line.querySelector(".ticket-number").textContent = ticket.number;
  line.querySelector(".ticket-what").textContent = ticket.category;
  line.querySelector(".ticket-status").textContent = ticket.status_name;
  line.querySelector(".ticket-said").textContent = ticket.said;
  line.querySelector(".ticket-said").hidden = !ticket.said;
  line.querySelector(".ticket-where").textContent = [ticket.place, whoHas(ticket)].filter(Boolean).join(" · ");
}

/** Moves what changed its place from where it stood to where it stands now. */
function glide(before) {
  if (still.matches) return;
  for (const { line } of lines.values()) {
    const from = before.get(line);
    const to = line.getBoundingClientRect();
    if (!from || (from.top === to.top && from.left === to.left)) continue;
    line.animate(
      [{ transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)` }, { transform: "none" }],
      { duration: 420, easing: "cubic-bezier(.2,.8,.2,1)" },
    );
  }
}

/** The page that the reporter's link opens. */
async function openPage(number) {
  const tab = window.open("about:blank", "_blank"); // at once, while the click still allows it
  const found = await post("/playground/ticket-page", { number });
  if (found !== null && tab) tab.location.href = found.path;
  else tab?.close();
}

function lineOf(ticket) {
  const line = copyOf("t-ticket");
  line.querySelector(".ticket-page").addEventListener("click", () => openPage(ticket.number));
  return line;
}

function place(ticket, first) {
  const known = lines.get(ticket.number);
  const entry = { line: known?.line ?? lineOf(ticket), ticket };
  lines.set(ticket.number, entry);
  if (known?.ticket.version === ticket.version && known.line.isConnected) return;
  fill(entry);
  const list = board.querySelector(`[data-lane="${ticket.lane}"] .tickets`);
  if (entry.line.parentElement !== list) {
    const below = [...list.children].find((other) => Number(other.dataset.number) < ticket.number);
    list.insertBefore(entry.line, below ?? null);
  }
  if (first) return;
  entry.line.classList.remove("is-new");
  void entry.line.offsetWidth; // so that the animation begins again
  entry.line.classList.add("is-new");
  ring("board");
}

export function show(tickets, first) {
  const before = new Map([...lines.values()].map(({ line }) => [line, line.getBoundingClientRect()]));
  for (const ticket of [...tickets].sort((a, b) => b.number - a.number)) place(ticket, first);
  for (const lane of board.querySelectorAll(".lane")) {
    lane.querySelector(".count").textContent = lane.querySelectorAll(".ticket").length;
  }
  glide(before);
  tick();
}

/** The clock went on: lights and remaining times. */
export function tick() {
  const now = neighbourhood.now();
  if (now === null) return;
  let late = 0;
  let open = 0;
  for (const entry of lines.values()) {
    paint(entry, now);
    if (entry.ticket.lane !== "finished") open += 1;
    if (entry.line.dataset.light === "red") late += 1;
  }
  document.getElementById("board-note").textContent = lines.size ? say("board_note", { open, late }) : say("board_idle");
}
