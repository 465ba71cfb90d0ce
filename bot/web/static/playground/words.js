// The words that people read come from the page's template; here they are only filled in.
const table = JSON.parse(document.getElementById("words").textContent);
const cast = JSON.parse(document.getElementById("cast").textContent);

export const people = cast.people;

/** A sentence by its name, its {places} filled in. */
export function say(name, values = {}) {
  const form = name.split(".").reduce((inside, part) => inside?.[part], table);
  return String(form ?? "").replace(/\{(\w+)\}/g, (_, place) => values[place] ?? "");
}

export const weekdays = table.weekdays;

/** Whoever has this address, or this shown name. */
export const personAt = (address) => people.find((person) => person.address === address);
export const personCalled = (name) => people.find((person) => person.name === name);

/** A fresh copy of a <template>'s only element. */
export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

/** Draws somebody's face: the first character on a colour of their own; the bot has its door. */
export function dress(face, person) {
  face.classList.remove("is-bot", ...[...face.classList].filter((name) => name.startsWith("tint-")));
  if (person === null) {
    const door = document.createElement("img");
    door.src = document.querySelector(".brand img").src;
    door.alt = "";
    face.replaceChildren(door);
    face.classList.add("is-bot");
    return;
  }
  face.textContent = person.name[0];
  face.classList.add(`tint-${people.indexOf(person) % 12}`);
}
