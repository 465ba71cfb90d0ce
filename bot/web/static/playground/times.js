// Moments as people in Asia/Shanghai say them, and the neighbourhood's own clock.
import { say, weekdays } from "./words.js";

const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai",
  year: "numeric", month: "numeric", day: "numeric", weekday: "short",
  hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const SHORT = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function read(moment) {
  const found = Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  return { ...found, time: `${found.hour}:${found.minute}`, weekday: weekdays[SHORT.indexOf(found.weekday)] };
}

export const hhmm = (moment) => read(moment).time;

export function day(moment) {
  const found = read(moment);
  return say("day", { month: found.month, date: Number(found.day), weekday: found.weekday });
}

/** 今天 17:05, or the day with its name. */
export function at(moment, now) {
  const then = read(moment);
  const today = read(now);
  const same = then.day === today.day && then.month === today.month && then.year === today.year;
  return same ? say("today", { time: then.time }) : say("at", { day: day(moment), time: then.time });
}

export function span(milliseconds) {
  const minutes = Math.max(0, Math.floor(Math.abs(milliseconds) / 60000));
  if (minutes < 60) return say("minutes", { minutes });
  if (minutes < 48 * 60) return say("hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return say("days", { days: Math.floor(minutes / 1440), hours: Math.floor((minutes % 1440) / 60) });
}

/** Business time: the server says what it is, this browser's steady clock carries it on. */
class Neighbourhood {
  #base = null;
  #since = 0;

  set(moment) {
    this.#base = moment.getTime();
    this.#since = performance.now();
  }

  now() {
    return this.#base === null ? null : new Date(this.#base + performance.now() - this.#since);
  }
}

export const neighbourhood = new Neighbourhood();
