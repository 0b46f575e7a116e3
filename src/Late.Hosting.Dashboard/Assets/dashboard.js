// The page: what the server sends goes to the store, and from there to the list, once a second.

import { Spark } from "./charts.js";
import { find, setText } from "./dom.js";
import { bytes, duration, perSecond } from "./format.js";
import { List } from "./list.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";

const here = new URL(".", import.meta.url);
const store = new Store();
const list = new List(store, ask);
const sparks = { framesIn: new Spark(find("total-in")), framesOut: new Spark(find("total-out")) };
let version = null;
let lostSince = null;

new Stream(new URL("stream", here), {
  snapshot(snapshot) {
    version ??= snapshot.version;
    if (version !== snapshot.version) {
      // The server was replaced by another version, and so must be the page.
      location.reload();
      return;
    }

    const isNew = store.started !== snapshot.started;
    const moved = store.reset(snapshot);
    found();
    if (isNew) {
      document.title = `${snapshot.application} · connections`;
      setText(find("application"), snapshot.application);
      list.reset();
    }

    show(moved);
  },
  tick(tick) {
    found();
    show(store.apply(tick));
  },
  lost() {
    if (lostSince === null) {
      lostSince = performance.now();
      document.body.classList.add("is-lost");
      announce("Connection to the server lost, trying again.");
      refresh();
    }
  },
});

setInterval(refresh, 250);
document.addEventListener("visibilitychange", draw);

async function ask(connection) {
  const answer = await fetch(new URL(`connections/${connection.id}`, here));
  if (!answer.ok) {
    throw new Error(`The server answered ${answer.status}.`);
  }

  return answer.json();
}

function found() {
  if (lostSince !== null) {
    lostSince = null;
    document.body.classList.remove("is-lost");
    announce("Connected to the server again.");
  }
}

// For screen readers.
function announce(text) {
  setText(find("news"), text);
}

function show(moved) {
  if (moved.length > 0) {
    list.unsettle();
    announce(moved.length > 3
      ? `${moved.length} connections changed their state.`
      : moved.map(connection => `${connection.name} is ${connection.state}.`).join(" "));
  }

  draw();
}

function draw() {
  if (document.hidden || store.started === undefined) {
    return;
  }

  list.draw();
  for (const [counter, size, text] of [["framesIn", "bytesIn", "total-in-text"], ["framesOut", "bytesOut", "total-out-text"]]) {
    sparks[counter].draw(store.totals[counter].last(120));
    setText(find(text), `${perSecond(store.total(counter))} · ${bytes(store.total(size))}/s`);
  }

  refresh();
}

// What only the clock changes.
function refresh() {
  if (document.hidden) {
    return;
  }

  const isLost = lostSince !== null;
  find("lost").hidden = !isLost;
  if (isLost) {
    setText(find("age"), duration(performance.now() - lostSince));
  } else {
    list.update();
  }

  setText(find("liveness-text"),
    isLost ? "lost" : store.started === undefined ? "connecting" : `live, running for ${duration(store.now - store.started)}`);
}
