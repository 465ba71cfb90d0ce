// The desk of whoever looks after the accounts: mass messages, addresses, faults, the clock, and the state of it all.
import { button, fill, make } from "./make.js";
import { act, post, toast } from "./net.js";
import { ACTIONS, DOORS, FAULTS, MASS, OPTIONS, SESSION, spanOf, timeOf } from "./words.js";

const byId = (id) => document.getElementById(id);
const drawn = new Map();

/** Draws again only what has changed, so that nothing moves under the pointer. */
function redraw(id, slice, draw) {
  const key = JSON.stringify(slice);
  if (drawn.get(id) === key) return;
  drawn.set(id, key);
  draw();
}

// --- accounts

function massRow(job, now) {
  const waiting = job.status === "SENDING" && !job.confirmed;
  const { filtered, sent, errors } = job.counts;
  const counts = sent === undefined ? "" : ` · 能发 ${filtered} 人，发到 ${sent} 人，失败 ${errors} 人`;
  const words = waiting ? "等管理员确认" : (MASS[job.status] ?? job.status);
  const line = make(
    "li",
    { "data-job": job.msg_id },
    make("p", {}, make("b", {}, words), ` · ${job.people} 人${counts}`),
    make("p", { class: "quiet" }, `${timeOf(job.at, now)} · ${job.text || "素材"}`),
  );
  if (waiting) {
    const answer = (name) => () => act("oa", name, { msg_id: job.msg_id });
    line.append(
      make("span", { class: "pair" }, button("确认发送", answer("confirm_mass"), { class: "primary" }), button("拒绝", answer("refuse_mass"))),
    );
  }
  return line;
}

function accounts(state) {
  const { oa, wecom, kf } = state.doors;
  byId("mass-protected").checked = oa.state.options.mass_protected;
  redraw("mass", oa.state.mass, () => fill(byId("mass"), [...oa.state.mass].reverse().map((job) => massRow(job, state.now))));
  redraw("codes", oa.state.codes, () => {
    const line = (code) => make("li", {}, make("p", {}, make("b", {}, code.scene), make("span", { class: "quiet" }, ` · ${code.url}`)));
    fill(byId("codes"), oa.state.codes.map(line));
  });
  redraw("conversations", kf.state.conversations, () => {
    const names = { ...wecom.state.members, ...state.cast.kf };
    const line = (one) => {
      const until = one.state > 1 ? "" : one.until ? ` · 还能发 ${5 - one.sent} 条` : " · 没说过话";
      const by = one.servicer ? `${names[one.servicer] ?? one.servicer} ` : "";
      const words = ` · ${by}${SESSION[one.state]}${until}`;
      return make("li", {}, make("p", {}, make("b", {}, names[one.person] ?? one.person), words));
    };
    fill(byId("conversations"), kf.state.conversations.map(line));
  });
  for (const form of document.querySelectorAll(".address")) {
    const found = state.doors[form.dataset.door].state.callback ?? "";
    if (document.activeElement !== form.address && drawn.get(form.dataset.door) !== found) {
      drawn.set(form.dataset.door, found);
      form.address.value = found;
    }
  }
}

function listenToAccounts() {
  byId("mass-protected").addEventListener("change", (event) => {
    act("oa", "set_option", { name: "mass_protected", value: event.target.checked });
  });
  for (const form of document.querySelectorAll(".address")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await act(form.dataset.door, "set_callback", { address: form.address.value.trim() })) toast("存好了。");
    });
    form.querySelector("[data-check]").addEventListener("click", async () => {
      const answer = await act(form.dataset.door, "check_callback");
      if (answer) toast(answer.result ? "验证通过。" : "没有通过：没有答，或者答得不对。", !answer.result);
    });
  }
}

// --- faults

function faults(state) {
  const { faults: on, fault_names: names } = state;
  const count = byId("fault-count");
  count.hidden = on.length === 0;
  count.textContent = on.length;
  redraw("faults", on, () => {
    const line = (one) => {
      const times = one.times === null ? "一直" : `还有 ${one.times} 次`;
      const more = Object.entries(one.options).map(([name, value]) => ` · ${OPTIONS[name] ?? name} ${value}`).join("");
      const off = button("恢复", () => post("faults", { off: one.name }));
      return make("li", { class: "spread", "data-fault": one.name }, make("span", {}, make("b", {}, FAULTS[one.name][0]), ` · ${one.path ?? "所有平台"} · ${times}${more}`), off);
    };
    fill(byId("faults"), on.map(line));
  });
  redraw("fault-name", names, () => {
    byId("fault-name").replaceChildren(...names.map((name) => make("option", { value: name }, (FAULTS[name] ?? [name])[0])));
    chosen();
  });
}

/** Shows what the chosen fault is, and the fields that it has. */
function chosen() {
  const name = byId("fault-name").value;
  byId("fault-about").textContent = FAULTS[name]?.[1] ?? "";
  for (const field of document.querySelectorAll("#fault-form [data-for]")) {
    field.hidden = !field.dataset.for.split(" ").includes(name);
  }
}

function listenToFaults() {
  const form = byId("fault-form");
  byId("fault-name").addEventListener("change", chosen);
  byId("faults-clear").addEventListener("click", () => post("faults", { clear: true }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wanted = { on: form.on.value };
    if (form.path.value) wanted.path = form.path.value;
    if (form.times.value) wanted.times = Number(form.times.value);
    const shows = (field) => !form.elements[field].closest("[data-for]").hidden;
    if (shows("seconds")) wanted.seconds = Number(form.seconds.value);
    if (shows("count")) wanted.count = Number(form.count.value);
    if (shows("people")) wanted.people = form.people.value.split(/\s+/).filter(Boolean);
    if (shows("after") && form.after.checked) wanted.after = true;
    if (await post("faults", wanted)) toast(`${FAULTS[wanted.on][0]}：开始了。`);
  });
}

// --- clock

function clock(state) {
  byId("clock-time").textContent = new Date(state.now * 1000).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
  byId("clock-kind").textContent = state.virtual ? "虚拟时钟：站着不动，拨了才走。" : "跟着真的时间走；拨过以后，一直快这么多。";
  byId("now-kind").textContent = state.virtual ? "平台时间（站着）" : "平台时间";
  byId("now").textContent = timeOf(state.now, state.now);
}

function listenToClock() {
  for (const jump of document.querySelectorAll("[data-advance]")) {
    jump.addEventListener("click", async () => {
      if (await post("clock", { advance: Number(jump.dataset.advance) })) toast(`往前拨了${jump.textContent}。`);
    });
  }
}

// --- state

function table(heads, rows, empty) {
  if (!rows.length) return make("p", { class: "quiet" }, empty);
  const cells = (name, row) => make("tr", {}, ...row.map((one) => make(name, {}, String(one))));
  return make("div", { class: "wide" }, make("table", {}, make("thead", {}, cells("th", heads)), make("tbody", {}, ...rows.map((row) => cells("td", row)))));
}

const tokens = (found) =>
  table(
    ["凭证", "指纹", "还剩"],
    found.map((one) => [one.family, one.fingerprint, one.dead ? `作废 ${one.dead}` : spanOf(one.left)]),
    "还没有人来取过凭证。",
  );

const uses = (found) =>
  table(
    ["接口", "今天", "这一分钟"],
    found.map((one) => {
      const of = (most) => (most === null ? "" : ` / ${most}`);
      return [one.path.replace("/cgi-bin/", ""), `${one.today}${of(one.day)}`, `${one.this_minute}${of(one.minute)}`];
    }),
    "今天还没有调用。",
  );

function windows(state) {
  const { now, cast } = state;
  const rows = state.doors.oa.state.people.map((one) => [
    cast.oa?.[one.openid] ?? one.openid,
    one.follows ? "关注着" : "没有关注",
    one.windows.map((found) => `${ACTIONS[found.action]} ${found.left} 条 ${spanOf(found.until - now)}`).join("；") || "关着",
    Object.entries(one.accepted).map(([name, left]) => `${name.slice(0, 16)}… ${left > 999 ? "长期" : left}`).join("；"),
  ]);
  return table(["人", "", "窗口", "订阅"], rows, "还没有人来过。");
}

function whole(state) {
  const { oa, wecom, kf, sms } = state.doors;
  const part = (name, ...inside) => [make("h2", {}, name), ...inside];
  const session = (one) => [one.person, SESSION[one.state], one.servicer, one.until && one.state < 2 ? `${5 - one.sent} 条，${spanOf(one.until - state.now)}` : ""];
  byId("state").replaceChildren(
    ...part(`公众号 ${oa.state.app_id}`, make("p", {}, `关注者 ${oa.state.followers} 人`), windows(state), tokens(oa.state.tokens), uses(oa.state.used)),
    ...part(`企业微信 ${wecom.state.corp}`, make("p", {}, `应用 ${wecom.state.agent}，成员 ${Object.keys(wecom.state.members).length} 人`), tokens(wecom.state.tokens), uses(wecom.state.used)),
    ...part(DOORS.kf, table(["人", "会话", "接待人员", "窗口"], kf.state.conversations.map(session), "还没有会话。")),
    ...part(DOORS.sms, make("p", {}, `这一分钟 ${sms.state.this_minute} 条${sms.state.per_minute === null ? "" : `，最多 ${sms.state.per_minute} 条`}；记着 ${sms.state.known_ids} 个编号`)),
  );
}

// --- all of it

export function listen() {
  listenToAccounts();
  listenToFaults();
  listenToClock();
}

export function update(state, leaf) {
  accounts(state);
  faults(state);
  clock(state);
  if (leaf === "state") whole(state);
}
