// Small charts, as SVG: one path for a line, one for the area under it. They stretch with their box.

import { drawn, setAttribute, setText } from "./dom.js";
import { duration } from "./format.js";

const height = 100;

export class Spark {
  #svg;
  #area = drawn("path", { class: "area" });
  #line = drawn("path", { class: "stroke", "vector-effect": "non-scaling-stroke" });

  constructor(svg) {
    this.#svg = svg;
    svg.setAttribute("preserveAspectRatio", "none");
    svg.append(this.#area, this.#line);
  }

  // Draws the values, the oldest first; returns the value at the top of the chart.
  draw(values) {
    const top = Math.max(1, ...values.filter(value => !Number.isNaN(value)));
    const y = value => ((1 - value / top) * (height - 4) + 2).toFixed(1);
    const lines = runs(values).map(run => run.map(([x, value]) => `${x} ${y(value)}`));
    setAttribute(this.#svg, "viewBox", `0 0 ${values.length - 1} ${height}`);
    setAttribute(this.#line, "d", lines.map(line => `M${line.join("L")}`).join(""));
    setAttribute(this.#area, "d", lines.map(line => `M${begin(line)} ${height}L${line.join("L")}L${begin([line.at(-1)])} ${height}Z`).join(""));
    return top;
  }
}

const begin = line => line[0].split(" ")[0];

// The stretches between the unknown values; a single value is drawn as a dash.
function runs(values) {
  const found = [];
  values.forEach((value, x) => {
    if (Number.isNaN(value)) {
      return;
    }

    if (x === 0 || Number.isNaN(values[x - 1])) {
      found.push([[x, value]]);
    } else {
      found.at(-1).push([x, value]);
    }
  });
  return found.map(run => run.length > 1 ? run : [[run[0][0] - 0.5, run[0][1]], run[0]]);
}

const tall = 16;
const heights = { Ready: tall, Connecting: 10, Connected: 10, Reconnecting: 6, Faulted: tall, Stopping: 2, Stopped: 2, NotStarted: 2, Standby: 4 };
const visible = 1 / 180; // Of the strip: what is shorter would not be seen.

// The states of the last minutes, each in its color and height: a gap in the bar is a loss.
export class Strip {
  #svg;
  #title = drawn("title", {});
  #paths = Object.fromEntries(Object.keys(heights).map(state => [state, drawn("path", { "data-state": state })]));

  constructor(svg) {
    this.#svg = svg;
    svg.setAttribute("preserveAspectRatio", "none");
    svg.append(this.#title, ...Object.values(this.#paths));
  }

  // changes: [when, state] of each, the oldest first; span: how much of the past is shown, in milliseconds
  draw(changes, now, span) {
    const shapes = Object.fromEntries(Object.keys(heights).map(state => [state, ""]));
    const begin = now - span;
    const [known, ready, losses] = [Math.min(span, now - (changes[0]?.[0] ?? now)), readyTime(changes, begin, now), countLosses(changes, begin)];
    changes.forEach(([when, state], i) => {
      const [from, to] = [Math.max(0, when - begin), (changes[i + 1]?.[0] ?? now) - begin];
      if (to > 0) {
        const width = state === "Ready" ? to - from : Math.min(span - from, Math.max(span * visible, to - from));
        shapes[state] += `M${Math.round(from)} ${tall}v-${heights[state]}h${Math.round(width)}v${heights[state]}z`;
      }
    });
    setAttribute(this.#svg, "viewBox", `0 0 ${span} ${tall}`);
    Object.entries(this.#paths).forEach(([state, path]) => setAttribute(path, "d", shapes[state]));
    const share = known > 0 ? Math.floor(ready / known * 1000) / 10 : 0;
    const text = `Last ${duration(known)}: ready ${share} %, ${losses === 1 ? "1 loss" : `${losses} losses`}`;
    setAttribute(this.#svg, "aria-label", text);
    setText(this.#title, text);
  }
}

const readyTime = (changes, begin, now) => changes.reduce((sum, [when, state], i) =>
  state === "Ready" ? sum + Math.max(0, (changes[i + 1]?.[0] ?? now) - Math.max(when, begin)) : sum, 0);

const countLosses = (changes, begin) => changes.filter(([when, state], i) =>
  when > begin && state === "Reconnecting" && changes[i - 1]?.[1] === "Ready").length;
