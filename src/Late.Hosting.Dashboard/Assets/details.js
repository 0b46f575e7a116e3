// What is shown of a connection on demand: the history of its states, its errors, and larger charts.

import { Spark } from "./charts.js";
import { copy, drawn, element, setText, setTime, shape } from "./dom.js";
import { bytes, clock, count, countdown, duration, lapse, milliseconds, perSecond, plain } from "./format.js";
import { arrange } from "./order.js";

const chartSeconds = 120;
const charts = [
  ["framesIn", "Received", perSecond, ""],
  ["framesOut", "Sent", perSecond, "sent"],
  ["roundTrip", "Round trip", milliseconds, "trip"],
  ["mailbox", "Mailbox", count, "mailbox"],
];
const frames = (number, size) => `${count(number)} ${number === 1 ? "frame" : "frames"}, ${bytes(size)}`;
const counted = (number, one) => `${count(number)} ${one}${number === 1 ? "" : "s"}`;
const facts = {
  "Uptime": (c, now) => c.state === "Ready" ? duration(now - c.since) : "not ready",
  "Next attempt": (c, now) => c.nextAttemptAt === null ? null : countdown(c.nextAttemptAt - now),
  "Lives": c => c.lives > 1 ? count(c.lives) : null,
  "Sessions": c => count(c.sessions),
  "Goodbyes": c => c.goodbyesCut === 0 ? null : `${count(c.goodbyesCut)} cut short`,
  "Switches": c => c.switchesRefused === 0 ? null : `${count(c.switchesRefused)} refused`,
  "Attempts": c => c.attemptsFailed === 0 ? count(c.attempts) : `${count(c.attempts)}, ${count(c.attemptsFailed)} failed`,
  "Calls": c => c.callsFailed === 0 ? count(c.calls) : `${count(c.calls)}, ${count(c.callsFailed)} failed`,
  "Calls now": c => c.callsWaiting + c.callsInProgress === 0 ? null : `${count(c.callsInProgress)} in progress, ${count(c.callsWaiting)} waiting`,
  "Oldest call": c => c.oldestCall === null ? null : `${c.oldestCallRequest ?? "of the handler"} for ${lapse(Math.round(c.oldestCall))}`,
  "Call time": c => c.calls === 0 ? null : `p50 ${milliseconds(c.callP50)}, p99 ${milliseconds(c.callP99)}`,
  "Topics": c => c.topics === 0 ? null : `${count(c.topics)}, ${counted(c.readers, "reader")}, ${perSecond(c.rates.items)}`,
  "Items unread": c => c.topics === 0 ? null : count(c.itemsUnread),
  "Items dropped": c => c.itemsDropped === 0 ? null : count(c.itemsDropped),
  "Received": c => frames(c.framesIn, c.bytesIn),
  "Sent": c => frames(c.framesOut, c.bytesOut),
};

export class Details {
  element = copy("details");
  #connection;
  #ask;
  #revision = -1;
  #times = []; // [element, when]
  #entries = new Map(); // what was shown → its element
  #nothing = element("li", "nothing", "None since the application started.");
  #facts = [];
  #charts;

  // ask: gets the details of a connection from the server
  constructor(connection, ask) {
    [this.#connection, this.#ask] = [connection, ask];
    this.element.setAttribute("aria-label", `Details of ${connection.name}`);
    this.#facts = Object.entries(facts).map(([name, read]) => this.#addFact(name, read));
    this.#charts = charts.map(chart => this.#addChart(...chart));
  }

  draw(now) {
    setText(this.element.querySelector(".reason"), plain(this.#connection.reason, this.#connection.name));
    for (const { name, spark, write, last, scale } of this.#charts) {
      const values = this.#connection.history[name].last(chartSeconds);
      const highest = spark.draw(values);
      setText(last, Number.isNaN(values.at(-1)) ? "–" : write(values.at(-1)));
      setText(scale, values.every(Number.isNaN) ? "" : `max ${write(highest)}`);
    }

    if (this.#revision !== this.#connection.revision) {
      this.#revision = this.#connection.revision;
      this.#ask(this.#connection).then(answer => this.#write(answer, now), () => this.#revision = -1);
    }

    this.update(now);
  }

  update(now) {
    for (const { line, value, read } of this.#facts) {
      const text = read(this.#connection, now);
      line.hidden = text === null;
      setText(value, text ?? "");
    }

    this.#times.forEach(([time, when]) => setTime(time, when, `${clock(when)}, ${duration(now - when)} ago`));
  }

  #addFact(name, read) {
    const line = element("div", "fact");
    const value = element("dd", "");
    line.append(element("dt", "label", name), value);
    this.element.querySelector(".facts").append(line);
    return { line, value, read };
  }

  #addChart(name, title, write, className) {
    const figure = element("figure", `chart ${className}`);
    const [last, scale] = [element("span", "figure"), element("span", "scale")];
    const caption = element("figcaption", "");
    const svg = drawn("svg", { class: `spark ${className}`, "aria-hidden": "true" });
    caption.append(element("span", "label", title), last, scale);
    figure.append(caption, svg);
    this.element.querySelector(".charts").append(figure);
    return { name, write, spark: new Spark(svg), last, scale };
  }

  // The newest first. What was shown before stays the same element: it can be read, scrolled and selected from meanwhile.
  #write({ changes, errors }, now) {
    const known = this.#entries;
    this.#entries = new Map();
    const written = [
      this.#writeList(".changes", changes.map(change => ({ when: change.since, text: change.reason, state: change.state })), known),
      this.#writeList(".errors", errors.map(error => ({ when: error.at, text: error.text })), known),
    ];
    written[0].forEach((entry, i) =>
      setText(entry.querySelector(".lasted"), changes[i + 1] ? `for ${lapse(changes[i + 1].since - changes[i].since)}` : "now"));
    this.#times = [...this.#entries.values()].map(entry => [entry.querySelector("time"), entry.when]);
    this.update(now);
  }

  // Returns the elements in the order of the entries.
  #writeList(selector, items, known) {
    const entries = items.map(({ when, text, state }) => {
      let key = `${selector} ${when} ${state} ${text}`;
      while (this.#entries.has(key)) {
        key += " again";
      }

      const entry = known.get(key) ?? this.#entry(when, text, state);
      this.#entries.set(key, entry);
      return entry;
    });
    const list = this.element.querySelector(selector);
    const read = list.scrollTop > 0 ? [...list.children].find(child => child.offsetTop + child.offsetHeight > list.offsetTop + list.scrollTop) : undefined;
    const top = read?.offsetTop;
    arrange(list, entries.length === 0 && selector === ".errors" ? [this.#nothing] : entries.toReversed());
    if (read?.isConnected) {
      list.scrollTop += read.offsetTop - top;
    }

    return entries;
  }

  #entry(when, text, state) {
    const [entry, line, time] = [element("li", ""), element("p", "head"), element("time", "")];
    line.append(...(state === undefined ? [] : [shape(state), element("strong", "", state), element("span", "lasted")]), time);
    entry.append(line, element("p", "text", plain(text, this.#connection.name)));
    entry.when = when;
    return entry;
  }
}
