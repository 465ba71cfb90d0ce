// Making elements. Text stays text: nothing that a platform or a person says is ever read as markup.

/** An element with a class, attributes, and what is in it. */
export function make(name, given = {}, ...inside) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") found.className = value;
    else if (key === "onclick") found.addEventListener("click", value);
    else found.setAttribute(key, value === true ? "" : value);
  }
  found.append(...inside.filter((one) => one !== null && one !== undefined && one !== ""));
  return found;
}

export const button = (words, onclick, given = {}) => make("button", { type: "button", onclick, ...given }, words);

const ADDRESS = /https?:\/\/[^\s，。；、）)」]+/g;

/** Words whose addresses can be followed. */
export function words(text) {
  const line = make("p");
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    line.append(text.slice(from, index), anchor(found, found));
    from = index + found.length;
  }
  line.append(text.slice(from));
  return line;
}

export function anchor(address, text) {
  if (!/^https?:\/\//.test(address)) return make("span", {}, text);
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, text);
}

/** Fills a list; says what `data-empty` says when there is nothing. */
export function fill(list, rows) {
  list.replaceChildren(...(rows.length ? rows : [make("li", { class: "quiet" }, list.dataset.empty ?? "")]));
}
