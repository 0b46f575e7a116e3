// Which connections are shown, in which order: state, filter, sort and page. At most a page of them is in the document.

import { element, find, setText, shape } from "./dom.js";
import { arrange, holdPlace, isHeld } from "./order.js";
import { Row } from "./row.js";
import { states } from "./store.js";

const pageSize = 50;
const settle = 5_000; // Rows that are sorted by a moving number change places no more often than this.

export class List {
  #store;
  #ask;
  #rows = new Map(); // connection → row, of those that are shown or open
  #buttons = new Map(); // state → button
  #shown = [];
  #arranged = []; // the connections, when they were last put in order
  #state = null;
  #page = 0;
  #sortedAt = -Infinity;
  #isAsked = true; // The user has chosen other connections, or another order.

  constructor(store, ask) {
    [this.#store, this.#ask] = [store, ask];
    find("filter").addEventListener("input", () => this.#begin());
    find("sort").addEventListener("change", () => this.#begin());
    find("controls").addEventListener("submit", event => event.preventDefault());
    find("previous").addEventListener("click", () => this.#move(-1));
    find("next").addEventListener("click", () => this.#move(1));
  }

  // The connections are others: nothing that was shown counts any more.
  reset() {
    this.#rows.clear();
    this.#state = null;
    this.#begin();
  }

  // The order is out of date: a connection's state has changed.
  unsettle() {
    this.#sortedAt = -Infinity;
  }

  draw() {
    const hold = holdPlace(find("rows"));
    const now = performance.now();
    const isMoving = !["health", "name"].includes(find("sort").value);
    if (this.#sortedAt === -Infinity || this.#arranged !== this.#store.connections || (isMoving && now - this.#sortedAt > settle)) {
      this.#sortedAt = now;
      this.#arrange();
      this.#isAsked = false;
    }

    this.#drawStates();
    setText(find("span"), `Last ${this.#store.span / 60_000} minutes`);
    this.#shown.forEach(row => row.draw(this.#store.now, this.#store.span));
    hold();
  }

  update() {
    this.#shown.forEach(row => row.update(this.#store.now));
  }

  #begin() {
    this.#page = 0;
    this.#again();
  }

  #again() {
    this.#isAsked = true;
    this.unsettle();
    this.draw();
  }

  #move(by) {
    this.#page += by;
    this.#again();
    find("rows").scrollIntoView({ block: "nearest" });
  }

  #arrange() {
    const all = this.#store.connections;
    if (this.#arranged !== all) {
      this.#arranged = all;
      const there = new Set(all);
      this.#rows.forEach((_, connection) => there.has(connection) || this.#rows.delete(connection));
    }

    const words = find("filter").value.toLowerCase().split(/\s+/);
    const matching = all
      .filter(connection => this.#state === null || connection.state === this.#state)
      .filter(connection => words.every(word => `${connection.name} ${connection.reason}`.toLowerCase().includes(word)))
      .sort(this.#order());
    const pages = Math.max(1, Math.ceil(matching.length / pageSize));
    this.#page = Math.min(this.#page, pages - 1);
    const page = new Set(matching.slice(this.#page * pageSize, (this.#page + 1) * pageSize));
    this.#held(all).forEach(connection => page.add(connection));
    this.#place([...page].sort(this.#order()));

    find("summary").hidden = all.length < 2;
    find("controls").hidden = all.length < 2;
    setText(find("matches"), matching.length === all.length ? "" : `${matching.length} of ${all.length}`);
    find("empty").hidden = matching.length > 0;
    setText(find("empty"), all.length === 0 ? "This application has no connections." : "No connection matches.");
    find("pages").hidden = pages === 1;
    setText(find("page"), `${this.#page + 1} of ${pages}`);
    find("previous").disabled = this.#page === 0;
    find("next").disabled = this.#page === pages - 1;
  }

  #order() {
    const key = find("sort").value;
    const value = key === "health" ? connection => connection.rank
      : key === "name" ? () => 0
      : connection => -(connection.rates[key] ?? connection[key] ?? -1);
    return (a, b) => value(a) - value(b) || a.order - b.order;
  }

  // Where the user is stays on the page, whatever happens to the connections, until other ones are asked for.
  #held(all) {
    return this.#isAsked ? [] : all.filter(connection => {
      const row = this.#rows.get(connection);
      return row !== undefined && this.#shown.includes(row) && isHeld(row.element);
    });
  }

  #place(connections) {
    this.#shown = connections.map(connection => this.#row(connection));
    arrange(find("rows"), this.#shown.map(row => row.element));

    // One that is not open is not worth keeping when it leaves the page.
    const shown = new Set(this.#shown);
    this.#rows.forEach((row, connection) => row.isOpen || shown.has(row) || this.#rows.delete(connection));
  }

  #row(connection) {
    let row = this.#rows.get(connection);
    if (row === undefined) {
      row = new Row(connection, this.#ask);
      this.#rows.set(connection, row);
      if (this.#store.connections.length === 1) {
        row.toggle(this.#ask);
      }
    }

    return row;
  }

  #drawStates() {
    const count = state => this.#store.connections.filter(connection => connection.state === state).length;
    const counts = [[null, this.#store.connections.length], ...states.map(state => [state, count(state)])];
    const visible = counts.filter(([state, number]) => number > 0 || state === null || state === this.#state);
    arrange(find("states"), visible.map(([state]) => this.#button(state)));
    visible.forEach(([state, number]) => this.#drawState(this.#button(state), state, number));
  }

  #button(state) {
    if (!this.#buttons.has(state)) {
      this.#buttons.set(state, this.#stateButton(state));
    }

    return this.#buttons.get(state);
  }

  #stateButton(state) {
    const button = element("button", "state-button");
    button.type = "button";
    button.dataset.state = state ?? "All";
    button.append(...(state === null ? [] : [shape(state)]), element("span", "figure"), element("span", "label"));
    button.addEventListener("click", () => {
      this.#state = state === this.#state ? null : state;
      this.#begin();
    });
    return button;
  }

  #drawState(button, state, number) {
    button.setAttribute("aria-pressed", this.#state === state);
    setText(button.querySelector(".figure"), number.toLocaleString("en"));
    setText(button.querySelector(".label"), state ?? (number === 1 ? "connection" : "connections"));
  }
}
