// One message of a screen as it appears in a phone.
import { copyOf, dress, personCalled, say } from "./words.js";

const LIGHTS = { "\u{1F534}": "red", "\u{1F7E1}": "yellow" };
const SPECIAL = /https?:\/\/[^\s，。；、）)]+|\u{1F534}|\u{1F7E1}/gu;

/** What a message says in one line, for a quote. */
export function gist(message) {
  if (message.kind === "image") return say("quote_photo");
  if (message.kind === "voice") return `${say("quote_voice")} ${message.text}`;
  return message.card?.title ?? message.text;
}

/** A light as a dot of ours: not every desktop has the sign in its fonts. */
function light(sign) {
  const dot = document.createElement("span");
  dot.className = `light light-${LIGHTS[sign]}`;
  dot.setAttribute("role", "img");
  dot.setAttribute("aria-label", say(LIGHTS[sign]));
  return dot;
}

/** A paragraph whose addresses can be followed. Text stays text: nothing is ever read as markup. */
function paragraph(text) {
  const words = document.createElement("p");
  let from = 0;
  for (const { 0: found, index } of text.matchAll(SPECIAL)) {
    words.append(text.slice(from, index), found in LIGHTS ? light(found) : link(found, found));
    from = index + found.length;
  }
  words.append(text.slice(from));
  return words;
}

function link(address, words) {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.textContent = words;
  anchor.target = "_blank";
  anchor.rel = "noopener";
  return anchor;
}

function picture(message) {
  const frame = document.createElement("button");
  frame.type = "button";
  frame.className = "photo";
  const image = document.createElement("img");
  image.src = `/playground/media/${message.media}`;
  image.alt = say("photo_alt", { name: message.sender || say("bot") });
  frame.append(image);
  frame.addEventListener("click", () => {
    const box = document.getElementById("lightbox");
    box.querySelector("img").src = image.src;
    box.showModal();
  });
  return frame;
}

function recording(message, words) {
  const line = copyOf("t-voice");
  line.querySelector(".voice-words").textContent = words || say("voice_label");
  const play = line.querySelector(".play");
  play.addEventListener("click", () => {
    const sound = new Audio(`/playground/media/${message.media}`);
    play.classList.add("is-playing");
    sound.addEventListener("ended", () => play.classList.remove("is-playing"));
    sound.play().catch(() => play.classList.remove("is-playing"));
  });
  return line;
}

function pin(message) {
  const line = copyOf("t-place");
  line.querySelector("span").textContent = message.text || say("location_label");
  return line;
}

function card(message) {
  const found = copyOf("t-card");
  found.querySelector("h4").textContent = message.card.title;
  const list = found.querySelector("dl");
  for (const [name, value] of message.card.fields) {
    const row = document.createElement("div");
    row.append(document.createElement("dt"), document.createElement("dd"));
    row.firstChild.textContent = name;
    row.lastChild.textContent = value;
    list.append(row);
  }
  const buttons = found.querySelector(".card-buttons");
  for (const button of message.card.buttons) {
    const tap = document.createElement("button");
    tap.type = "button";
    tap.dataset.action = button.action;
    tap.textContent = button.label;
    buttons.append(tap);
  }
  if (message.card.link) {
    const opens = link(message.card.link, say("open_link"));
    opens.className = "opens";
    found.append(opens);
  }
  buttons.hidden = message.card.buttons.length === 0;
  return found;
}

/** A photo that stands by itself, without a bubble around it. */
const bare = (message) => Boolean(message.media) && !message.sound && !message.card;

function content(message) {
  const found = [];
  if (message.kind === "voice") return [recording(message, message.text)];
  if (message.kind === "location") return [pin(message)];
  if (message.media) found.push(message.sound ? recording(message, "") : picture(message));
  if (message.text) {
    found.push(paragraph(message.text));
    if (bare(message)) found.at(-1).classList.add("photo-words");
  }
  if (message.card) found.push(card(message));
  return found;
}

function quoteOf(message, older) {
  const quoted = older.get(message.quoted);
  if (!quoted) return say("quote_gone");
  if (quoted.recalled) return say("quote_recalled");
  return say("quote_of", { name: quoted.sender || say("bot"), text: gist(quoted) });
}

/** The line that stands in place of a message that was taken back. */
export function goneLine(message) {
  const line = document.createElement("li");
  line.className = "gone";
  line.dataset.key = message.key;
  line.textContent = message.sender ? say("recalled", { name: message.sender }) : say("recalled_bot");
  return line;
}

/** A message. `own`: said by whoever holds the phone; `follows`: by the same person as the one above. */
export function messageLine(message, { own, follows, older }) {
  const line = copyOf("t-message");
  const bots = message.sender === "";
  line.dataset.key = message.key;
  line.dataset.sender = message.sender;
  line.classList.toggle("is-own", own);
  line.classList.toggle("is-bots", bots);
  line.classList.toggle("is-follow", follows);
  line.classList.toggle("is-wide", Boolean(message.card));
  line.classList.toggle("has-photo", bare(message));
  dress(line.querySelector(".avatar"), bots ? null : personCalled(message.sender) ?? { name: message.sender });
  line.querySelector(".who").textContent = message.sender || say("bot");
  line.querySelector(".content").append(...content(message));
  const quote = line.querySelector(".quote");
  quote.hidden = !message.quoted;
  if (message.quoted) quote.textContent = quoteOf(message, older);
  line.querySelector("[data-act='recall']").hidden = !own;
  return line;
}
