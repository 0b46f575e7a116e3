// Puts the elements of a list in another order, and leaves alone what is read: an element that is open, focused or selected
// from is moved last of all, and what is moved or taken out keeps its scroll positions, the focus and the selection.

const scrolled = new WeakMap(); // element → [what scrolls inside it, how far]

// True where the user is at an element: it is open, has the focus, or is selected from.
export const isHeld = element => element.classList.contains("open")
  || element.contains(document.activeElement)
  || (!getSelection().isCollapsed && getSelection().containsNode(element, true));

// Those that may stay where they are, so that as little as possible moves: the heaviest of those whose order is the wanted one.
export function staying(present, wanted, weight) {
  const places = new Map(wanted.map((item, place) => [item, place]));
  const kept = present.filter(item => places.has(item));
  const runs = []; // for each item the heaviest run of items in order that ends with it
  kept.forEach((item, i) => {
    const before = runs.slice(0, i).filter(run => places.get(run.item) < places.get(item));
    const previous = before.reduce((best, run) => best === null || run.weight > best.weight ? run : best, null);
    runs.push({ item, previous, weight: (previous?.weight ?? 0) + weight(item) });
  });
  const stays = new Set();
  let run = runs.reduce((best, other) => best === null || other.weight > best.weight ? other : best, null);
  for (; run !== null; run = run.previous) {
    stays.add(run.item);
  }

  return stays;
}

// Makes these elements the children of the list, in this order.
export function arrange(list, wanted) {
  const present = [...list.children];
  const held = new Map(present.map(element => [element, isHeld(element)]));
  const stays = staying(present, wanted, element => held.get(element) ? wanted.length + 1 : 1);
  const moving = present.filter(element => !stays.has(element));
  if (moving.length === 0 && present.length === wanted.length) {
    return;
  }

  const focused = document.activeElement;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
  moving.forEach(remember);
  const there = new Set(wanted);
  present.filter(element => !there.has(element)).forEach(element => element.remove());
  wanted.reduceRight((next, element) => {
    if (!stays.has(element)) {
      list.insertBefore(element, next);
      recall(element);
    }

    return element;
  }, null);

  if (focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }

  if (anchorNode?.isConnected && focusNode?.isConnected) {
    const now = getSelection();
    if (now.anchorNode !== anchorNode || now.anchorOffset !== anchorOffset || now.focusNode !== focusNode || now.focusOffset !== focusOffset) {
      now.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
    }
  }
}

// What the user is at keeps its place in the window while the rest of the list changes; the returned function sees to it.
export function holdPlace(list) {
  const held = scrollY === 0 ? undefined : [...list.children].find(element => isHeld(element) && isVisible(element));
  const top = held?.getBoundingClientRect().top;
  return () => {
    const moved = held?.isConnected ? held.getBoundingClientRect().top - top : 0;
    if (Math.abs(moved) >= 1) {
      scrollBy({ top: moved, behavior: "instant" });
    }
  };
}

function isVisible(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

function remember(element) {
  scrolled.set(element, [...element.querySelectorAll("ol")].map(inner => [inner, inner.scrollTop]));
}

function recall(element) {
  scrolled.get(element)?.forEach(([inner, top]) => inner.scrollTop = top);
}
