// The few things that every part of the page does with the document.

import { date } from "./format.js";

const svg = "http://www.w3.org/2000/svg";

export const find = id => document.getElementById(id);

export const copy = id => find(id).content.firstElementChild.cloneNode(true);

// Writes only what differs: most of a page of numbers stays as it is from second to second.
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

// A time as it is read now, and exactly in its title.
export function setTime(element, when, text) {
  setText(element, text);
  if (element.when !== when) {
    element.when = when;
    element.dateTime = new Date(when).toISOString();
    element.title = date(when);
  }
}

export function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text ?? "";
  return made;
}

export function drawn(name, attributes) {
  const made = document.createElementNS(svg, name);
  Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, value));
  return made;
}

export function shape(state) {
  const made = drawn("svg", { class: "shape", "aria-hidden": "true", "data-state": state });
  made.append(drawn("use", { href: `#${state}` }));
  return made;
}
