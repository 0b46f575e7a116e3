// One connection in the list.

import { Spark, Strip } from "./charts.js";
import { Details } from "./details.js";
import { copy, setAttribute, setText, setTime } from "./dom.js";
import { bytes, count, countdown, duration, milliseconds, perSecond, plain } from "./format.js";

const sparkSeconds = 60;
const parts = {
  name: ".name", shape: ".shape use", state: ".state-name", since: ".since", next: ".next", why: ".why", strip: ".strip",
  framesIn: ".in .value", framesOut: ".out .value", trip: ".trip .value", calls: ".calls .value", mailbox: ".mailbox .value",
};

const isTrouble = state => state === "Faulted" || state === "Reconnecting";

export class Row {
  element = copy("row");
  #parts = Object.fromEntries(Object.entries(parts).map(([part, selector]) => [part, this.element.querySelector(selector)]));
  #strip = new Strip(this.#parts.strip);
  #sparks = { framesIn: new Spark(this.element.querySelector(".in .spark")), framesOut: new Spark(this.element.querySelector(".out .spark")) };
  #connection;
  #details = null;

  constructor(connection, ask) {
    this.#connection = connection;
    this.#parts.name.textContent = connection.name;
    this.#parts.name.title = connection.name;
    this.#parts.name.addEventListener("click", () => this.toggle(ask));
  }

  get isOpen() {
    return this.#details !== null;
  }

  toggle(ask) {
    if (this.isOpen) {
      this.#details.element.remove();
      this.#details = null;
    } else {
      this.#details = new Details(this.#connection, ask);
      this.element.append(this.#details.element);
    }

    this.#parts.name.setAttribute("aria-expanded", this.isOpen);
    this.#parts.why.hidden ||= this.isOpen; // The details show it too.
    this.element.classList.toggle("open", this.isOpen);
  }

  // Once a second, with what the server has sent.
  draw(now, span) {
    const { name, state, reason, changes, rates, history, roundTrip, calls, callP50, callP99, mailbox } = this.#connection;
    setAttribute(this.element, "data-state", state);
    setAttribute(this.#parts.shape, "href", `#${state}`);
    setText(this.#parts.state, state);
    setText(this.#parts.why, plain(reason, name));
    this.#parts.why.hidden = !isTrouble(state) || this.isOpen;
    this.#strip.draw(changes, now, span);
    Object.entries(this.#sparks).forEach(([counter, spark]) => spark.draw(history[counter].last(sparkSeconds)));
    setText(this.#parts.framesIn, `${perSecond(rates.framesIn)} · ${bytes(rates.bytesIn)}/s`);
    setText(this.#parts.framesOut, `${perSecond(rates.framesOut)} · ${bytes(rates.bytesOut)}/s`);
    setText(this.#parts.trip, milliseconds(roundTrip));
    setText(this.#parts.calls, calls === 0 ? "–" : `${milliseconds(callP50)} · ${milliseconds(callP99)}`);
    setText(this.#parts.mailbox, count(mailbox));
    this.#details?.draw(now);
    this.update(now);
  }

  // Several times a second: what only the clock changes.
  update(now) {
    const { state, since, attempt, nextAttemptAt } = this.#connection;
    setTime(this.#parts.since, since, `for ${duration(now - since)}`);
    setText(this.#parts.next,
      nextAttemptAt !== null ? `· ${state === "Faulted" ? "a new life" : `attempt ${attempt + 1}`} ${countdown(nextAttemptAt - now)}`
      : state === "Connecting" ? `· attempt ${attempt}` : "");
    this.#details?.update(now);
  }
}
