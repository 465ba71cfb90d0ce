// A phone: its messages, whoever holds it, and what they do with a message.
import { Composer } from "./composer.js";
import { gist, goneLine, messageLine } from "./message.js";
import { post } from "./net.js";
import { badge, isShown, ring } from "./tabs.js";
import { at, neighbourhood } from "./times.js";
import { dress, personAt, say } from "./words.js";

const PAUSE = 10 * 60 * 1000; // after which the time is said again
const TOGETHER = 3 * 60 * 1000; // within which the same person's messages stand together

export class Phone {
  constructor(pane, messages) {
    this.pane = pane;
    this.name = pane.dataset.pane;
    this.messages = messages; // screen -> Map(key -> message), shared by all phones
    this.talk = pane.querySelector(".talk");
    this.unread = new Map();
    this.faces = [...pane.querySelectorAll(".face input")];
    for (const face of this.faces) dress(face.nextElementSibling, personAt(face.value));
    this.composer = new Composer(this, pane.querySelector(".composer"));
    pane.querySelector(".faces").addEventListener("change", () => this.handOver());
    this.talk.addEventListener("click", (event) => this.onClick(event));
    this.talk.addEventListener("contextmenu", (event) => this.onLongPress(event));
    this.atEnd = true;
    this.talk.addEventListener("scroll", () => { this.atEnd = this.isAtEnd(); });
    // A tray that opens makes the talk shorter: whoever read the newest message goes on reading it.
    new ResizeObserver(() => { if (this.atEnd) this.toEnd(); }).observe(this.talk);
    this.handOver();
  }

  isAtEnd() { return this.talk.scrollHeight - this.talk.scrollTop - this.talk.clientHeight < 80; }

  toEnd() { this.talk.scrollTo({ top: this.talk.scrollHeight, behavior: "instant" }); }

  get chat() { return this.pane.dataset.chat || null; }
  get speaker() { return personAt(this.faces.find((face) => face.checked).value); }
  get screen() { return this.pane.dataset.screen || `person:${this.speaker.address}`; }

  /** Somebody else holds the phone. */
  handOver() {
    const { name, role, about } = this.speaker;
    const line = this.pane.querySelector(".speaking");
    line.querySelector("strong").textContent = name;
    line.querySelector("span").textContent = `${role}，${about}`;
    if (!this.chat) this.talk.setAttribute("aria-label", say("private_with", { name }));
    this.composer.quote(null);
    this.unread.set(this.screen, 0);
    this.mark(this.screen);
    this.draw();
  }

  hold(address) {
    const face = this.faces.find((one) => one.value === address);
    if (!face || face.checked) return;
    face.checked = true;
    face.closest(".face").scrollIntoView({ block: "nearest", inline: "nearest" });
    this.handOver();
  }

  /** Draws the whole screen afresh. */
  draw() {
    const found = [...(this.messages.get(this.screen)?.values() ?? [])];
    this.talk.replaceChildren();
    this.last = null;
    if (found.length === 0) this.talk.append(this.emptyLine());
    for (const message of found) this.append(message);
    this.toEnd();
  }

  emptyLine() {
    const line = document.createElement("li");
    line.className = "talk-empty";
    line.textContent = say(this.chat ? "group_hint" : "private_hint", { name: this.speaker.name });
    return line;
  }

  /** A new message came in on some screen. `fresh`: it happened just now, in front of our eyes. */
  take(message, fresh) {
    if (message.screen === this.screen) {
      const follow = this.atEnd || message.sender === this.speaker.name;
      this.talk.querySelector(".talk-empty")?.remove();
      this.append(message);
      if (follow) this.toEnd();
      if (fresh && message.sender !== this.speaker.name) ring(this.name);
    } else if (fresh && !this.chat && message.screen.startsWith("person:")) {
      this.unread.set(message.screen, (this.unread.get(message.screen) ?? 0) + 1);
      this.mark(message.screen);
      ring(this.name);
    }
  }

  mark(screen) {
    const face = this.faces.find((one) => `person:${one.value}` === screen);
    if (this.chat || !face) return;
    const count = this.unread.get(screen) ?? 0;
    badge(face.closest(".face").querySelector(".badge"), count);
    const name = personAt(face.value).name;
    face.closest(".face").querySelector(".face-name").textContent = count ? `${name} · ${say("unread", { count })}` : name;
  }

  append(message) {
    const moment = new Date(message.at);
    if (!this.last || moment - this.last.moment > PAUSE) this.talk.append(this.timeLine(moment));
    const follows = this.last?.sender === message.sender && moment - this.last.moment < TOGETHER;
    this.last = { moment, sender: message.recalled ? null : message.sender };
    const own = message.sender === this.speaker.name;
    const older = this.messages.get(message.screen);
    this.talk.append(message.recalled ? goneLine(message) : messageLine(message, { own, follows, older }));
  }

  timeLine(moment) {
    const line = document.createElement("li");
    line.className = "when";
    line.textContent = at(moment, neighbourhood.now() ?? moment);
    return line;
  }

  find(line) {
    return this.messages.get(this.screen)?.get(line.dataset.key);
  }

  onClick(event) {
    const line = event.target.closest(".message");
    if (!line) return;
    const message = this.find(line);
    const action = event.target.closest("[data-action]");
    if (action) return this.press(action, message);
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "quote") return this.composer.quote({ key: message.key, sender: message.sender || say("bot"), text: gist(message) });
    if (act === "recall") return post("/playground/recall", { speaker: this.speaker.address, key: message.key });
    if (!event.target.closest("a, button")) this.open(line);
  }

  onLongPress(event) {
    const line = event.target.closest(".message");
    if (!line || matchMedia("(hover: hover)").matches) return;
    event.preventDefault();
    this.open(line);
  }

  open(line) {
    const opened = this.talk.querySelector(".is-open");
    opened?.classList.remove("is-open");
    if (opened !== line) line.classList.add("is-open");
  }

  async press(button, message) {
    button.disabled = true;
    await post("/playground/press", { speaker: this.speaker.address, card: message.key, action: button.dataset.action });
    setTimeout(() => { button.disabled = false; }, 1200);
  }

  say(words) {
    return post("/playground/say", { speaker: this.speaker.address, chat: this.chat, ...words });
  }

  get shown() { return isShown(this.name); }
}
