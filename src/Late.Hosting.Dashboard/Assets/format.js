// Numbers, times and sizes, as they are read.

const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, notation: "compact" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const timeOfDay = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const none = "–";

export const count = value => number.format(value);

export const perSecond = value => `${value < 10 ? Number(value.toFixed(1)) : count(value)}/s`;

export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }

  return `${value >= 99.5 || unit === 0 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}

export function milliseconds(value) {
  return value === null || value === undefined ? none
    : value < 0.095 ? "< 0.1 ms"
    : value < 999.5 ? `${Number(value.toPrecision(2))} ms`
    : `${Number((value / 1000).toPrecision(3))} s`;
}

// A time that has passed, in its two largest units.
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86400)];
  return days > 0 ? `${days} d ${hours % 24} h`
    : hours > 0 ? `${hours} h ${minutes % 60} min`
    : minutes > 0 ? `${minutes} min ${seconds % 60} s`
    : `${seconds} s`;
}

// The same, and finer where it was short.
export const lapse = ms => ms < 1000 ? `${ms} ms` : duration(ms);

export function countdown(ms) {
  return ms <= 0 ? "now" : ms < 10_000 ? `in ${(ms / 1000).toFixed(1)} s` : `in ${duration(ms)}`;
}

export const date = ms => exact.format(ms);

export const clock = ms => timeOfDay.format(ms);

// A sentence about a connection, where its name is shown next to it.
export function plain(text, name) {
  const subject = `Connection '${name}' `;
  return text.startsWith(subject) ? text.charAt(subject.length).toUpperCase() + text.slice(subject.length + 1) : text;
}
