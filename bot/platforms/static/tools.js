// What can be done at each door besides writing: buttons below a screen, some with a small form.
import { act, base64, toast } from "./net.js";
import { anchor, button, make } from "./make.js";

const PLACE = [
  { name: "label", label: "地点", value: "梧桐里小区 3 号楼", required: true },
  { name: "latitude", label: "纬度", value: "30.27415", type: "number", step: "any", required: true },
  { name: "longitude", label: "经度", value: "120.15515", type: "number", step: "any", required: true },
];
const PHOTO = [{ name: "file", label: "照片（不选就画一张）", type: "file", accept: "image/*" }];
const numbers = ({ latitude, longitude }) => ({ latitude: Number(latitude), longitude: Number(longitude) });

/** A small drawing, for whoever has no photo at hand. */
function drawing() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 240];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#46617a";
  pen.fillRect(0, 0, 320, 240);
  pen.fillStyle = "#22303a";
  pen.fillRect(153, 60, 14, 180);
  pen.fillStyle = "#f2d479";
  pen.fillRect(130, 36, 60, 30);
  return canvas.toDataURL("image/jpeg").split(",")[1];
}

async function photo(door, person, { file }) {
  return act(door, "photo", { person, data: file?.size ? await base64(file) : drawing() });
}

const photoOf = (door) => ({ id: "photo", label: "照片", fields: PHOTO, go: (person, given) => photo(door, person, given) });

const OA = [
  photoOf("oa"),
  {
    id: "voice",
    label: "语音",
    fields: [{ name: "recognition", label: "平台识别出的话（不填就是没开识别）" }],
    go: (person, { recognition }) => act("oa", "voice", { person, recognition: recognition || null }),
  },
  {
    id: "location",
    label: "位置",
    fields: PLACE,
    go: (person, given) => act("oa", "location", { person, label: given.label, ...numbers(given) }),
  },
  {
    id: "scan",
    label: "扫码",
    fields: [
      {
        name: "code",
        label: "二维码的场景值",
        required: true,
        options: (state) => state.doors.oa.state.codes.map((one) => one.scene),
      },
    ],
    go: (person, { code }, state) => {
      const known = state.doors.oa.state.codes.some((one) => [one.scene, one.url].includes(code));
      return act("oa", "scan", { person, code: known ? code : `scene:${code}` });
    },
  },
  { id: "follow", label: "关注", go: (person) => act("oa", "follow", { person }) },
  { id: "unfollow", label: "取消关注", go: (person) => act("oa", "unfollow", { person }) },
  {
    id: "subscribe",
    label: "订阅",
    fields: [
      {
        name: "template",
        label: "订阅通知的模板",
        required: true,
        select: (state) => Object.keys(state.doors.oa.state.options.subscriptions),
      },
      { name: "answer", label: "点", select: () => ["同意", "拒绝", "在设置里收回"] },
    ],
    go: (person, { template, answer }) => {
      const name = { 同意: "accept", 拒绝: "reject" }[answer] ?? "withdraw";
      return act("oa", name, { person, template });
    },
  },
  { id: "refuse", label: "不收模板消息", go: (person) => act("oa", "refuse_templates", { person }) },
];

const WECOM = [
  photoOf("wecom"),
  { id: "voice", label: "语音", go: (person) => act("wecom", "voice", { person }) },
  {
    id: "location",
    label: "位置",
    fields: PLACE,
    go: (person, given) => act("wecom", "location", { person, label: given.label, ...numbers(given) }),
  },
  { id: "enter", label: "打开应用", go: (person) => act("wecom", "enter", { person }) },
];

const CUSTOMER = [
  {
    id: "enter",
    label: "进来",
    fields: [{ name: "url", label: "点的链接、扫的码（不填就直接进来）", type: "url" }],
    go: (person, { url }) => (url ? act("kf", "enter_by_link", { person, url }) : act("kf", "enter", { person })),
  },
  photoOf("kf"),
  { id: "voice", label: "语音", go: (person) => act("kf", "voice", { person }) },
  {
    id: "location",
    label: "位置",
    fields: PLACE,
    go: (person, given) => act("kf", "location", { person, name: given.label, ...numbers(given) }),
  },
  {
    id: "forward",
    label: "转发聊天记录",
    fields: [
      { name: "title", label: "标题", value: "群聊的聊天记录", required: true },
      { name: "lines", label: "一行一句，写成「名字：话」", area: true, required: true },
    ],
    go: (person, { title, lines }) => {
      const said = lines.split("\n").filter(Boolean).map((line) => line.split(/[：:](.*)/s).slice(0, 2));
      return act("kf", "forward", { person, title, lines: said.map(([name, text]) => [name, text ?? ""]) });
    },
  },
];

const SMS = [
  { id: "disconnect", label: "停机", go: (person) => act("sms", "disconnect", { number: person }) },
  { id: "connect", label: "复机", go: (person) => act("sms", "disconnect", { number: person, gone: false }) },
];

/** The tools of whoever holds the phone. */
export function toolsOf(door, isServicer) {
  if (door === "kf") return isServicer ? [] : CUSTOMER;
  return { oa: OA, wecom: WECOM, sms: SMS }[door];
}

function input(field, state) {
  const { options, select, area, label, ...given } = field;
  if (select) {
    const found = make("select", { name: field.name, required: field.required });
    for (const one of select(state)) found.append(make("option", {}, one));
    return make("label", {}, label, found);
  }
  if (area) return make("label", {}, label, make("textarea", { ...given, rows: 4 }));
  const found = make("label", {}, label);
  const line = make("input", { type: "text", autocomplete: "off", ...given });
  found.append(line);
  if (options) {
    const id = `choices-${crypto.randomUUID()}`;
    line.setAttribute("list", id);
    found.append(make("datalist", { id }, ...options(state).map((one) => make("option", { value: one }))));
  }
  return found;
}

/** The form of a tool; `done` closes it. */
export function trayOf(tool, person, state, done) {
  const form = make("form", { class: "tray", "data-tray": tool.id });
  for (const field of tool.fields) form.append(input(field, state));
  form.append(make("span", { class: "pair" }, make("button", { type: "submit", class: "primary" }, tool.label), button("算了", done)));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    done();
    await tool.go(person, Object.fromEntries(new FormData(form)), state);
  });
  return form;
}

// --- the menu below the official account's chat

async function tapped(person, one) {
  if (one.type === "view") {
    toast("点开了网页。");
    window.open(anchor(one.url, "").href ?? "about:blank", "_blank", "noopener");
    return act("oa", "view", { person, url: one.url });
  }
  if (one.type !== "click") return toast("这种菜单按钮模拟器不会点。", true);
  return act("oa", "click", { person, key: one.key });
}

/** The menu as it is now. */
export function menuOf(person, buttons) {
  const bar = make("div", { class: "menu", role: "group", "aria-label": "公众号的菜单" });
  for (const top of buttons) {
    const below = top.sub_button ?? [];
    if (!below.length) {
      bar.append(button(top.name, () => tapped(person, top)));
      continue;
    }
    const list = make("div", { class: "submenu" }, ...below.map((one) => button(one.name, () => tapped(person, one))));
    bar.append(make("details", {}, make("summary", {}, top.name), list));
  }
  return bar;
}

/** What a servicer can do with each conversation of 微信客服. */
export function sessionsOf(servicer, state, nameOf, chosen, choose) {
  const list = make("ul", { class: "sessions" });
  for (const one of state.doors.kf.state.conversations) {
    const mine = one.state === 3 && one.servicer === servicer;
    const who = { servicer, person: one.person, open_kfid: one.account };
    const words = mine ? "在您手上" : ["没人接", "机器人在答", "等人接", `${nameOf(one.servicer)}接着`, "结束了"][one.state];
    const line = make("li", { "data-person": one.person }, make("span", {}, `${nameOf(one.person)} · ${words}`));
    if (mine) {
      line.append(button(chosen === one.person ? "正在回他" : "回他", () => choose(one.person), { class: chosen === one.person ? "is-on" : "" }));
      line.append(button("结束", () => act("kf", "end", who)));
    } else if (one.state >= 2) {
      line.append(button("接过来", async () => (await act("kf", "take_over", who)) && choose(one.person)));
    }
    list.append(line);
  }
  return list;
}

