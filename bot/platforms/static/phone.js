// A phone: a door, a person, their screen, and what they can do.
import { button, make } from "./make.js";
import { act, read } from "./net.js";
import { saidLine } from "./said.js";
import { menuOf, sessionsOf, toolsOf, trayOf } from "./tools.js";
import { ACTIONS, BOT, DOORS, spanOf, timeOf } from "./words.js";

const MOST = 200; // lines of a screen
const NEAR = 60; // pixels from its end: then it follows what comes

export class Phone {
  constructor(root, { door, person }) {
    this.root = root;
    this.place = root.dataset.place;
    this.state = null;
    this.added = {};
    this.shown = "";
    this.below = "";
    this.answering = "";
    root.append(document.getElementById("t-phone").content.cloneNode(true));
    this.screen = root.querySelector(".screen");
    this.foot = root.querySelector(".below");
    this.select = root.querySelector(".person");
    for (const [id, name] of Object.entries(DOORS)) {
      root.querySelector(".doors").append(button(name, () => this.hold(id), { "data-door": id }));
    }
    this.atEnd = true;
    this.screen.addEventListener("scroll", () => (this.atEnd = this.isNearEnd()));
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.screen);
    this.select.addEventListener("change", () => this.hold(this.door, this.select.value));
    this.listenToAdding();
    const kept = this.kept();
    this.hold(kept.door ?? door, kept.person ?? person);
  }

  kept() {
    try {
      return JSON.parse(sessionStorage.getItem(`phone ${this.place}`)) ?? {};
    } catch {
      return {};
    }
  }

  listenToAdding() {
    const form = this.root.querySelector(".adding");
    const opens = this.root.querySelector(".add");
    opens.addEventListener("click", () => {
      form.hidden = !form.hidden;
      opens.setAttribute("aria-expanded", String(!form.hidden));
      if (!form.hidden) form.person.focus();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const person = form.person.value.trim();
      (this.added[this.door] ??= new Set()).add(person);
      form.reset();
      form.hidden = true;
      this.hold(this.door, person);
    });
  }

  /** Somebody else's phone, or another door of it. */
  hold(door, person) {
    const known = this.state ? this.people(door) : [];
    this.door = door;
    this.person = person ?? known[0] ?? "";
    this.shown = this.below = this.answering = "";
    this.screen.replaceChildren();
    sessionStorage.setItem(`phone ${this.place}`, JSON.stringify({ door, person: this.person }));
    for (const one of this.root.querySelectorAll("[data-door]")) {
      one.setAttribute("aria-pressed", String(one.dataset.door === door));
    }
    if (this.state) this.update(this.state);
  }

  /** Everybody who can be acted for at a door. */
  people(door) {
    const { cast, doors } = this.state;
    const found = new Set(Object.keys(door === "wecom" ? doors.wecom.state.members : (cast[door] ?? {})));
    if (door === "kf") for (const one of doors.kf.state.servicers) found.add(one);
    for (const one of [...doors[door].people, ...(this.added[door] ?? [])]) found.add(one);
    return [...found];
  }

  nameOf = (person) => {
    const { cast, doors } = this.state;
    return cast[this.door]?.[person] ?? doors.wecom.state.members[person] ?? person;
  };

  get isServicer() {
    return this.door === "kf" && this.state.doors.kf.state.servicers.includes(this.person);
  }

  /** Whether this servicer has the conversation, or is just taking it over. */
  holds(customer) {
    const found = this.state.doors.kf.state.conversations.find((one) => one.person === customer);
    return this.isServicer && (found?.state === 2 || found?.servicer === this.person);
  }

  /** What the platforms say now. */
  async update(state) {
    this.state = state;
    if (!this.person) this.person = this.people(this.door)[0] ?? "";
    if (this.answering && !this.holds(this.answering)) this.answering = this.shown = "";
    this.offerPeople();
    this.root.querySelector(".standing").textContent = this.standing();
    this.offerActs();
    const [door, person, answering] = [this.door, this.person, this.answering];
    if (!person) return this.show([]);
    // Whoever holds a conversation of 微信客服 sees the customer's screen from the other side.
    const query = new URLSearchParams({ door, person: answering || person });
    const { seen } = await read(`/admin/screens?${query}`);
    if (door !== this.door || person !== this.person || answering !== this.answering) return;
    const side = (from) => (from === person ? "me" : from === "me" ? answering : from);
    this.show(answering ? seen.map((one) => ({ ...one, from_: side(one.from_) })) : seen);
  }

  isNearEnd() {
    return this.screen.scrollHeight - this.screen.scrollTop - this.screen.clientHeight < NEAR;
  }

  toEnd() {
    this.screen.scrollTop = this.screen.scrollHeight;
  }

  /** Whose words these are, as the screen names them. */
  whoSaid(seen) {
    if (this.door === "sms") return seen.kind === "voice" ? "电话" : "短信";
    const { members } = this.state.doors.wecom.state;
    const named = seen.from_ in members || seen.from_ in (this.state.cast[this.door] ?? {});
    return named ? this.nameOf(seen.from_) : BOT[this.door];
  }

  offerPeople() {
    const people = this.people(this.door);
    const key = JSON.stringify(people);
    if (this.select.dataset.people !== `${this.door} ${key}`) {
      const lines = people.map((one) => {
        const name = this.nameOf(one);
        const role = this.door === "kf" && this.state.doors.kf.state.servicers.includes(one) ? "（接待人员）" : "";
        return make("option", { value: one }, name === one ? one : `${name}${role} · ${one}`);
      });
      this.select.replaceChildren(...lines);
      this.select.dataset.people = `${this.door} ${key}`;
    }
    this.select.value = this.person;
    this.select.disabled = people.length === 0;
  }

  /** In one line, how this person stands with the platform. */
  standing() {
    const { now, doors } = this.state;
    if (this.door === "oa") {
      const found = doors.oa.state.people.find((one) => one.openid === this.person);
      if (!found?.follows) return "没有关注。先点「关注」，或者扫码。";
      const open = found.windows.map((one) => `${ACTIONS[one.action]}后还能发 ${one.left} 条，${spanOf(one.until - now)}内`);
      return `${found.blacklisted ? "在黑名单里。" : ""}${open.join("；") || "窗口关着，只能发模板消息"}`;
    }
    if (this.door === "kf") {
      if (this.isServicer) return "接待人员：只能接转到人工的会话。";
      const found = doors.kf.state.conversations.find((one) => one.person === this.person);
      if (!found) return "还没有进来过。";
      const left = found.until && found.until > now ? `还能发 ${5 - found.sent} 条，${spanOf(found.until - now)}内` : "窗口关着";
      if (found.state === 2) return "等人接，机器人不能说话。";
      return found.state === 3 ? `${this.nameOf(found.servicer)}接着，机器人不能说话。` : left;
    }
    if (this.door === "sms") return this.person ? (doors.sms.state.unreachable.includes(this.person) ? "停机" : "") : "";
    return this.person in doors.wecom.state.members ? "应用随时能给他发。" : "不在通讯录里。";
  }

  show(seen) {
    const last = seen.slice(-MOST);
    const key = JSON.stringify(last);
    if (key === this.shown) return;
    const follows = !this.shown || this.atEnd;
    this.shown = key;
    const lines = last.map((one) =>
      saidLine(one, {
        door: this.door,
        who: this.whoSaid(one),
        time: timeOf(one.at, this.state.now),
        press: (found, pressed) => this.press(found, pressed),
      }),
    );
    const empty = this.door === "sms" && !this.person ? "还没有短信和电话。紧急的事，或者没有微信的人，才会到这里。" : "屏幕上还什么都没有。";
    this.screen.replaceChildren(...(lines.length ? lines : [make("li", { class: "empty" }, empty)]));
    if (!follows) return;
    this.toEnd();
    for (const image of this.screen.querySelectorAll("img")) {
      image.addEventListener("load", () => this.atEnd && this.toEnd(), { once: true });
    }
  }

  press(seen, pressed) {
    const person = this.person;
    if (this.door === "oa") return act("oa", "tap", { person, choice: String(pressed.id) });
    if (this.door === "kf") return act("kf", "choose", { person, menu_id: pressed.key });
    return act("wecom", "click", { person, key: pressed.key, task_id: seen.card.task_id });
  }

  /** Everything below the screen; made anew only when something else can be done. */
  offerActs() {
    const servicer = this.isServicer;
    const held = this.state.doors.kf.state.conversations.map((one) => [one.person, one.state, one.servicer]);
    const sessions = servicer ? held : null;
    const menu = this.door === "oa" ? this.state.doors.oa.state.menu : null;
    const key = JSON.stringify([this.door, this.person, sessions, menu, this.answering]);
    if (key === this.below) return;
    this.below = key;
    this.foot.replaceChildren();
    if (servicer) {
      const choose = (person) => {
        this.answering = person;
        this.shown = "";
        document.dispatchEvent(new Event("acted"));
      };
      this.foot.append(sessionsOf(this.person, this.state, this.nameOf, this.answering, choose));
    }
    if (!this.person) return;
    const tray = make("div");
    this.foot.append(tray);
    if (this.door !== "sms" && (!servicer || this.answering)) this.foot.append(this.composer());
    const tools = make("div", { class: "tools", role: "group", "aria-label": "还能做的" });
    for (const tool of toolsOf(this.door, servicer)) {
      const open = () => {
        tray.replaceChildren(trayOf(tool, this.person, this.state, () => tray.replaceChildren()));
      };
      tools.append(button(tool.label, tool.fields ? open : () => tool.go(this.person), { "data-tool": tool.id }));
    }
    this.foot.append(tools);
    if (menu?.length) this.foot.append(menuOf(this.person, menu));
  }

  composer() {
    const line = make("textarea", { rows: 1, name: "text", "aria-label": "要说的话", placeholder: this.answering ? `回${this.nameOf(this.answering)}` : "说点什么" });
    const form = make("form", { class: "composer" }, line, make("button", { type: "submit", class: "primary" }, "发送"));
    const send = () => {
      const text = line.value.trim();
      if (!text) return;
      line.value = "";
      if (this.answering) act("kf", "answer", { servicer: this.person, person: this.answering, text });
      else act(this.door, "say", { person: this.person, text });
    };
    line.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    return form;
  }
}
