// The clock in the header: it runs, and it can be sent forward.
import { post, toast } from "./net.js";
import { at, day, hhmm, neighbourhood } from "./times.js";
import { say } from "./words.js";

const bar = document.querySelector(".clock");
const note = document.getElementById("clock-note");
const buttons = [...bar.querySelectorAll("[data-jump]")];

export function tick() {
  const now = neighbourhood.now();
  if (now === null) return;
  document.getElementById("clock-day").textContent = day(now);
  const face = document.getElementById("clock-time");
  face.textContent = hhmm(now);
  face.dateTime = now.toISOString();
}

async function jump(to) {
  bar.classList.add("is-jumping");
  note.textContent = say("jumping");
  for (const button of buttons) button.disabled = true;
  const found = await post("/playground/jump", { to });
  for (const button of buttons) button.disabled = false;
  bar.classList.remove("is-jumping");
  note.textContent = "";
  if (found === null) return;
  const moment = new Date(found.to);
  toast(say("jumped", { when: at(moment, moment) }));
}

for (const button of buttons) button.addEventListener("click", () => jump(button.dataset.jump));
