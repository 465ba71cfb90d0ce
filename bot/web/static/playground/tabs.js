// On a narrow screen one part is shown at a time; each tab counts what came while one looked elsewhere.
const buttons = [...document.querySelectorAll(".tabs [data-tab]")];
const narrow = matchMedia("(max-width: 1179px)");
const counts = new Map();

export const isShown = (pane) => !narrow.matches || document.body.dataset.tab === pane;

export function show(pane) {
  document.body.dataset.tab = pane;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.tab === pane));
  setCount(pane, 0);
  document.dispatchEvent(new CustomEvent("shown", { detail: pane }));
}

function setCount(pane, count) {
  counts.set(pane, count);
  badge(buttons.find((button) => button.dataset.tab === pane)?.querySelector(".badge"), count);
}

/** Something new in a part of the page. */
export function ring(pane) {
  if (!isShown(pane)) setCount(pane, (counts.get(pane) ?? 0) + 1);
}

export function badge(mark, count) {
  if (!mark) return;
  mark.hidden = count === 0;
  mark.textContent = count > 99 ? "99+" : String(count);
}

for (const button of buttons) button.addEventListener("click", () => show(button.dataset.tab));
