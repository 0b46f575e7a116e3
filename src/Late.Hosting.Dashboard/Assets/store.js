// What the server has sent: one record for each connection, and how its numbers went in the last minutes.

import { History } from "./history.js";

const spans = [2, 5, 15].map(minutes => minutes * 60_000);

export const states = ["Faulted", "Reconnecting", "Connecting", "Connected", "Stopping", "Stopped", "NotStarted", "Standby", "Ready"];

const byName = new Intl.Collator("en", { numeric: true }).compare;
const counters = ["framesIn", "framesOut", "bytesIn", "bytesOut", "items"];
const charted = ["framesIn", "framesOut", "roundTrip", "mailbox"];
const fresh = {
  framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0, mailbox: 0, roundTrip: null,
  calls: 0, callsFailed: 0, callsWaiting: 0, callsInProgress: 0, oldestCall: null, oldestCallRequest: null, callP50: null, callP99: null, lives: 0, sessions: 0, attempts: 0, attemptsFailed: 0,
  goodbyesCut: 0, switchesRefused: 0, topics: 0, readers: 0, items: 0, itemsDropped: 0, itemsUnread: 0,
  reason: "", attempt: 0, nextAttemptAt: null, lastErrorAt: null,
};

class Connection {
  changes = []; // [when, state] of each, the oldest first
  rates = {};
  history = Object.fromEntries(charted.map(name => [name, new History()]));
  revision = 0; // Grows when there is more to ask the server for: a reason, an error.
  #counted;

  constructor(view) {
    Object.assign(this, fresh);
    this.update(view);
    this.#count(1);
    this.#count(1);
  }

  get rank() {
    return states.indexOf(this.state);
  }

  // What is not sent has not changed.
  update({ changes, ...view }) {
    this.revision += changes !== undefined || view.lastErrorAt !== undefined ? 1 : 0;
    Object.assign(this, view);
    this.changes = this.changes.concat(changes ?? []).slice(-100);
  }

  measure(seconds, missed) {
    this.#count(seconds);
    for (const name of charted) {
      this.history[name].push(this.rates[name] ?? this[name] ?? NaN, missed);
    }
  }

  #count(seconds) {
    for (const counter of counters) {
      this.rates[counter] = Math.max(0, (this[counter] - this.#counted?.[counter]) / seconds);
    }

    this.#counted = Object.fromEntries(counters.map(counter => [counter, this[counter]]));
  }
}

export class Store {
  connections = []; // another array when others come or go
  totals = { framesIn: new History(), framesOut: new History() };
  #now = 0;
  #receivedAt = 0;
  #known = new Map(); // by the server's number

  // The server's clock.
  get now() {
    return this.#now + performance.now() - this.#receivedAt;
  }

  // How much of the past the strips show: what there is of it, up to the longest.
  get span() {
    return spans.find(span => this.now - this.started < span) ?? spans.at(-1);
  }

  total(counter) {
    return this.connections.reduce((sum, connection) => sum + connection.rates[counter], 0);
  }

  // Everything: at first, and after every loss of the stream.
  reset(snapshot) {
    if (this.started === snapshot.started) {
      this.connections.forEach(connection => connection.changes = []);
      const sent = new Set(snapshot.connections.map(view => view.id));
      return this.apply({ ...snapshot, gone: [...this.#known.keys()].filter(id => !sent.has(id)) });
    }

    this.started = snapshot.started;
    this.application = snapshot.application;
    this.#known = new Map(snapshot.connections.map(view => [view.id, new Connection(view)]));
    this.totals = { framesIn: new History(), framesOut: new History() };
    this.#list();
    this.#receive(snapshot);
    return [];
  }

  // What has changed; returns the connections whose state did.
  apply(tick) {
    const moved = [];
    const before = this.#known.size;
    const gone = (tick.gone ?? []).filter(id => this.#known.delete(id));
    const stayed = before - gone.length;
    for (const view of tick.connections) {
      const connection = this.#known.get(view.id);
      if (connection === undefined) {
        this.#known.set(view.id, new Connection(view));
        continue;
      }

      if (view.state !== undefined && view.state !== connection.state) {
        moved.push(connection);
      }

      connection.update(view);
    }

    if (gone.length > 0 || this.#known.size > stayed) {
      this.#list();
    }

    const seconds = Math.max(0.001, (tick.now - this.#now) / 1000);
    const missed = Math.max(0, Math.round(seconds) - 1);
    this.connections.forEach(connection => connection.measure(seconds, missed));
    Object.keys(this.totals).forEach(counter => this.totals[counter].push(this.total(counter), missed));
    this.#receive(tick);
    return moved;
  }

  #list() {
    this.connections = [...this.#known.values()];
    [...this.connections].sort((a, b) => byName(a.name, b.name)).forEach((connection, order) => connection.order = order);
  }

  #receive(message) {
    [this.#now, this.#receivedAt] = [message.now, performance.now()];
  }
}
