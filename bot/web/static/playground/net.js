// Talking to our own server: one way to post, one way to hear what went wrong.
import { say } from "./words.js";

const toasts = document.getElementById("toasts");

export function toast(words, bad = false) {
  const line = document.createElement("p");
  line.className = bad ? "toast is-bad" : "toast";
  line.textContent = words;
  toasts.append(line);
  setTimeout(() => line.remove(), bad ? 6000 : 3500);
}

async function reasonOf(answer) {
  const body = await answer.json().catch(() => ({}));
  return say(`reasons.${body.error}`) || say("reasons.other");
}

/** Posts JSON, or a form as it is. Answers the parsed body, or null after a toast has said why not. */
export async function post(path, body) {
  const form = body instanceof FormData;
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: form ? {} : { "content-type": "application/json" },
      body: form ? body : JSON.stringify(body),
    });
    if (!answer.ok) {
      toast(say("refused", { reason: await reasonOf(answer) }), true);
      return null;
    }
    const found = await answer.json();
    if (found.state === "failed") toast(say("failed"), true);
    return found;
  } catch {
    toast(say("offline"), true);
    return null;
  }
}

export async function get(path) {
  try {
    const answer = await fetch(path);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
