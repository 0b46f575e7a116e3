// Small charts, as SVG: one path for a line, one for the area under it. They stretch with their box.

import { drawn, setAttribute } from "./dom.js";
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

const span = 15 * 60;
const heights = { Ready: 16, Connecting: 10, Connected: 10, Reconnecting: 6, Faulted: 16, Stopping: 2, Stopped: 2 };
const shortest = 5; // What is shorter would not be seen.

// The states of the last minutes, each in its colour and height: a gap in the bar is a loss.
export class Strip {
  #svg;
  #paths = Object.fromEntries(Object.keys(heights).map(state => [state, drawn("path", { "data-state": state })]));

  constructor(svg) {
    this.#svg = svg;
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("viewBox", `0 0 ${span} 16`);
    svg.append(...Object.values(this.#paths));
  }

  draw(changes, now) {
    const shapes = Object.fromEntries(Object.keys(heights).map(state => [state, ""]));
    const x = when => Math.max(0, span - (now - when) / 1000);
    let ready = 0;
    let losses = 0;
    changes.forEach(([when, state], i) => {
      const [from, to] = [x(when), x(changes[i + 1]?.[0] ?? now)];
      if (to <= 0) {
        return;
      }

      const width = state === "Ready" ? to - from : Math.min(span - from, Math.max(shortest, to - from));
      shapes[state] += `M${from.toFixed(1)} 16v-${heights[state]}h${width.toFixed(1)}v${heights[state]}z`;
      ready += state === "Ready" ? to - from : 0;
      losses += state === "Reconnecting" && from > 0 && changes[i - 1]?.[1] === "Ready" ? 1 : 0;
    });
    Object.entries(this.#paths).forEach(([state, path]) => setAttribute(path, "d", shapes[state]));
    const known = Math.min(span, (now - (changes[0]?.[0] ?? now)) / 1000);
    const share = known > 0 ? Math.floor(ready / known * 1000) / 10 : 0;
    const text = `Last ${duration(known * 1000)}: ready ${share} %, ${losses === 1 ? "1 loss" : `${losses} losses`}`;
    setAttribute(this.#svg, "aria-label", text);
    return text;
  }
}
