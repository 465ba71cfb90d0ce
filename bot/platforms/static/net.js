// Talking to the simulator: reading, acting, and saying what went wrong.
const toasts = document.getElementById("toasts");

export function toast(words, bad = false) {
  const line = document.createElement("p");
  line.className = bad ? "toast is-bad" : "toast";
  line.textContent = words;
  toasts.append(line);
  setTimeout(() => line.remove(), bad ? 7000 : 3000);
}

/** What an address answers. Throws when nobody answers. */
export async function read(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

/** Posts to `/admin/…`; the answer, or null after a toast has said why not. */
export async function post(path, body) {
  try {
    const answer = await fetch(`/admin/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const found = await answer.json();
    if (answer.ok) {
      document.dispatchEvent(new Event("acted"));
      return found;
    }
    toast(`没做成：${found.error}`, true);
  } catch {
    toast("模拟器没有答。它还开着吗？", true);
  }
  return null;
}

/** Somebody does something at a door. */
export const act = (door, name, fields = {}) => post(`act/${door}`, { act: name, ...fields });

/** A file as base64, as the acts take it. */
export function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}
