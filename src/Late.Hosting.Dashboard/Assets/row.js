// One connection in the list.

import { Spark, Strip } from "./charts.js";
import { Details } from "./details.js";
import { copy, drawn, setAttribute, setText, setTime } from "./dom.js";
import { bytes, count, countdown, duration, milliseconds, perSecond } from "./format.js";

const sparkSeconds = 60;

export class Row {
  element = copy("row");
  #connection;
  #strip;
  #title = this.element.querySelector(".strip").appendChild(drawn("title", {}));
  #sparks;
  #details = null;

  constructor(connection, ask) {
    this.#connection = connection;
    this.#strip = new Strip(this.#find(".strip"));
    this.#sparks = { framesIn: new Spark(this.#find(".in .spark")), framesOut: new Spark(this.#find(".out .spark")) };
    this.#find(".name").textContent = connection.name;
    this.#find(".name").title = connection.name;
    this.#find(".name").addEventListener("click", () => this.toggle(ask));
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

    this.#find(".name").setAttribute("aria-expanded", this.isOpen);
    this.element.classList.toggle("open", this.isOpen);
  }

  // Once a second, with what the server has told.
  draw(now) {
    const { rates, history, ...connection } = this.#connection;
    setAttribute(this.element, "data-state", connection.state);
    setAttribute(this.#find(".shape use"), "href", `#${connection.state}`);
    setText(this.#find(".state-name"), connection.state);
    setText(this.#title, this.#strip.draw(connection.changes, now));
    Object.entries(this.#sparks).forEach(([name, spark]) => spark.draw(history[name].last(sparkSeconds)));
    setText(this.#find(".in .value"), `${perSecond(rates.framesIn)} · ${bytes(rates.bytesIn)}/s`);
    setText(this.#find(".out .value"), `${perSecond(rates.framesOut)} · ${bytes(rates.bytesOut)}/s`);
    setText(this.#find(".trip .value"), milliseconds(connection.roundTrip));
    setText(this.#find(".calls .value"), connection.calls === 0 ? "–" : `${milliseconds(connection.callP50)} · ${milliseconds(connection.callP99)}`);
    setText(this.#find(".mailbox .value"), count(connection.mailbox));
    this.#details?.draw(now);
    this.tell(now);
  }

  // Several times a second: what only the clock changes.
  tell(now) {
    const { state, since, attempt, nextAttemptAt } = this.#connection;
    setTime(this.#find(".since"), since, `for ${duration(now - since)}`);
    setText(this.#find(".next"),
      nextAttemptAt !== null ? ` · attempt ${attempt + 1} ${countdown(nextAttemptAt - now)}`
      : state === "Connecting" ? ` · attempt ${attempt}` : "");
    this.#details?.tell(now);
  }

  #find(selector) {
    return this.element.querySelector(selector);
  }
}
