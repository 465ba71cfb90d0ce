// One thing on a screen.
import { anchor, button, make, words } from "./make.js";
import { KINDS } from "./words.js";

/** A photo or recording, for as long as the platform keeps it. */
function file(seen, door) {
  const kind = seen.kind.replace("mass ", "");
  const address = `/file/${door}/${encodeURIComponent(seen.media_id)}`;
  if (kind !== "image") {
    return make("p", { class: "attached" }, anchor(`${location.origin}${address}`, `${KINDS[kind] ?? kind}（打开）`));
  }
  const image = make("img", { src: address, alt: "照片", loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(make("p", { class: "quiet" }, "照片已过期")));
  return image;
}

function rows(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) list.append(make("dt", {}, name), make("dd", {}, value));
  return list;
}

/** A card of WeCom, as the platform lays it out. */
function templateCard(card) {
  const found = make("div", { class: "card" });
  const { main_title: title = {}, horizontal_content_list: fields = [], jump_list: jumps = [] } = card;
  if (title.title) found.append(make("h3", {}, title.title));
  if (title.desc) found.append(make("p", { class: "quiet" }, title.desc));
  if (card.sub_title_text) found.append(words(card.sub_title_text));
  if (card.quote_area?.quote_text) found.append(make("blockquote", {}, card.quote_area.quote_text));
  if (fields.length) found.append(rows(fields.map((one) => [one.keyname, one.value ?? ""])));
  for (const jump of jumps) if (jump.url) found.append(make("p", {}, anchor(jump.url, jump.title)));
  if (card.card_action?.url) found.append(make("p", {}, anchor(card.card_action.url, "打开")));
  return found;
}

/** A form filled in: the official account's template and subscription messages. */
function form(seen) {
  const found = make("div", { class: "card" }, make("h3", {}, KINDS[seen.kind]));
  found.append(rows(Object.entries(seen.card?.data ?? {})));
  const address = seen.card?.url ?? seen.card?.page;
  if (address) found.append(make("p", {}, anchor(address, "点开看")));
  return found;
}

/** A menu of 微信客服 has its entries in its text too; they stand below as buttons. */
function withoutChoices(seen) {
  const choices = new Set(seen.buttons.map((one) => one.text));
  return seen.text.split("\n").filter((line) => !choices.has(line)).join("\n");
}

/** What is in it, by kind. */
function content(seen, door) {
  if (seen.kind === "out_of_service") return [make("p", { class: "broken" }, "该公众号提供的服务出现故障，请稍后再试")];
  if (seen.kind === "template" || seen.kind === "subscription") return [form(seen)];
  if (seen.kind === "template_card") return [templateCard(seen.card ?? {})];
  const found = [];
  if (seen.kind.startsWith("mass ")) found.push(make("p", { class: "label" }, "群发"));
  if (seen.media_id) found.push(file(seen, door));
  const label = KINDS[seen.kind];
  if (label && !seen.media_id) found.push(make("p", { class: "label" }, door === "sms" ? "来电" : label));
  if (seen.text) found.push(words(withoutChoices(seen)));
  if (seen.kind === "voice" && seen.from_ === "me" && !seen.text) found.push(make("p", { class: "quiet" }, "没有识别"));
  if (seen.card?.description) found.push(make("p", { class: "quiet" }, seen.card.description));
  if (seen.card?.url) found.push(make("p", {}, anchor(seen.card.url, seen.card.btntxt || "打开")));
  return found;
}

/** The buttons of a card or menu; `press` gets the one that was pressed. */
function buttons(seen, press) {
  const card = seen.kind === "template_card";
  const line = make("div", { class: card ? "presses" : "choices" });
  for (const one of seen.buttons) {
    const text = one.text ?? one.content;
    line.append(button(text, () => press(seen, one), { disabled: one.disabled, "data-key": one.key ?? one.id }));
  }
  const tail = seen.kind === "msgmenu" ? seen.card?.tail_content : "";
  return [line, tail ? make("p", { class: "quiet" }, tail) : null].filter(Boolean);
}

/** A line of a screen. `who`: whose words it is, when that is not plain; `time`: when. */
export function saidLine(seen, { door, who, time, press }) {
  const own = seen.from_ === "me";
  const bubble = make("div", { class: "bubble" }, ...content(seen, door));
  if (seen.buttons.length) bubble.append(...buttons(seen, press));
  const changed = seen.changes ? ` · 改过 ${seen.changes} 次` : "";
  return make(
    "li",
    { class: own ? "said is-own" : "said", "data-number": seen.number, "data-kind": seen.kind },
    bubble,
    make("p", { class: "when" }, [own ? "" : who, time].filter(Boolean).join(" · ") + changed),
  );
}
