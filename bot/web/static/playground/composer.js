// What stands under a phone: words, a photo, a voice message, a place, a quote.
import { post } from "./net.js";
import { say } from "./words.js";

export class Composer {
  constructor(phone, form) {
    this.phone = phone;
    this.form = form;
    this.words = form.querySelector("textarea");
    this.quoting = form.querySelector(".quoting");
    this.quoted = null;
    this.composing = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    form.addEventListener("click", (event) => this.onClick(event));
    this.words.addEventListener("input", () => this.grow());
    this.words.addEventListener("keydown", (event) => this.onKey(event));
    form.querySelector("input[type='file']").addEventListener("change", (event) => this.sendFile(event.target));
    for (const input of form.querySelectorAll(".tray input[type='text']")) {
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        this.sendSpoken(input.name);
      });
    }
  }

  onKey(event) {
    if (event.key === "Escape") this.openTray(null);
    // While a Chinese input method is open, Enter chooses a candidate.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.open) this.openTray(button.dataset.open);
    if (button.dataset.sample) this.sendSample(button.dataset.sample);
    if (button.dataset.send) this.sendSpoken(button.dataset.send);
    if ("mention" in button.dataset) this.write(`@${say("bot")} ${this.words.value}`);
    if ("unquote" in button.dataset) this.quote(null);
    if (button.classList.contains("example")) { this.openTray(null); this.write(button.textContent); }
  }

  write(text) {
    this.words.value = text;
    this.grow();
    this.words.focus();
    this.words.setSelectionRange(text.length, text.length);
  }

  grow() {
    this.words.style.height = "auto";
    this.words.style.height = `${this.words.scrollHeight + 2}px`;
  }

  openTray(name) {
    for (const tray of this.form.querySelectorAll(".tray")) {
      const opens = tray.dataset.tray === name && tray.hidden;
      tray.hidden = !opens;
      this.form.querySelector(`[data-open="${tray.dataset.tray}"]`)?.setAttribute("aria-expanded", String(opens));
      if (opens) tray.querySelector("input[type='text'], button")?.focus();
    }
  }

  quote(message) {
    this.quoted = message?.key ?? null;
    this.quoting.hidden = message === null;
    if (message === null) return;
    this.quoting.querySelector("p").textContent = say("quote_of", { name: message.sender, text: message.text });
    this.words.focus();
  }

  async deliver(words) {
    const quoted = this.quoted;
    const sent = await this.phone.say({ quoted, ...words });
    if (sent !== null) this.quote(null);
    return sent;
  }

  async send() {
    const text = this.words.value.trim();
    if (!text) return;
    this.words.value = "";
    this.grow();
    const addressed = text.startsWith(`@${say("bot")}`);
    if ((await this.deliver({ kind: "text", text, addressed })) === null) this.write(text);
  }

  async sendSpoken(kind) {
    const input = this.form.querySelector(`.tray input[name="${kind}"]`);
    const text = input.value.trim();
    if (!text) return;
    this.openTray(null);
    if ((await this.deliver({ kind, text })) !== null && kind === "voice") input.value = "";
  }

  async sendPicture(form) {
    this.openTray(null);
    const kept = await post("/playground/pictures", form);
    if (kept !== null) await this.deliver({ kind: "image", media: kept.ref });
  }

  sendSample(name) {
    const form = new FormData();
    form.append("sample", name);
    return this.sendPicture(form);
  }

  async sendFile(input) {
    if (!input.files.length) return;
    const form = new FormData();
    form.append("file", input.files[0]);
    input.value = "";
    await this.sendPicture(form);
  }
}
