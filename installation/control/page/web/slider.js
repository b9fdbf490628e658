// A slider. A mouse takes it where it points; a finger moves it from where it stands, so that scrolling past or
// touching by mistake moves nothing, and moves it finely when it is drawn away from the track or Shift is held.

import {make} from "./dom.js";
import {fromTravel, fullName, nudge, spoken, toTravel} from "./values.js";

const SLOP_PX = 6, THUMB_PX = 28, FINE_FROM_PX = 70, FINE = 0.15;
const STEPS = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10};

/** Return the slider of row `p` as an element to place. Keys: arrows 1 %, with Shift 0.1 %, page keys 10 %, Delete. */
export function makeSlider(p, desk, {describedBy = ""} = {}) {
  const range = make("input", {type: "range", min: 0, max: 1, step: "any", aria: {label: fullName(p.address)}});
  if (describedBy) range.setAttribute("aria-describedby", describedBy);
  const travel = make("div", {className: "travel"}, range);
  const origin = p.low < 0 && p.high > 0 ? toTravel(p, 0) : 0;
  const tick = toTravel(p, p.default);
  travel.style.setProperty("--default", tick > 0 && tick < 1 ? tick : -1); // at an end it says nothing

  desk.watch(p.address, (value) => {
    const at = toTravel(p, value);
    range.value = at;
    range.setAttribute("aria-valuetext", spoken(p, value));
    travel.style.setProperty("--from", Math.min(at, origin));
    travel.style.setProperty("--to", Math.max(at, origin));
  });

  // Pointers are followed below, keys are read below: what still comes by itself is assistive technology's.
  range.addEventListener("input", () => desk.set(p.address, fromTravel(p, range.valueAsNumber)));
  range.addEventListener("keydown", (event) => {
    const value = valueAfter(event, p, desk.get(p.address));
    if (value === null) return;
    event.preventDefault();
    desk.set(p.address, value);
  });
  followPointer(travel, range, p, desk);
  return travel;
}

function valueAfter(event, p, value) {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (event.key in STEPS) return nudge(p, value, STEPS[event.key] * (event.shiftKey ? 0.1 : 1));
  if (event.key === "Home") return p.low;
  if (event.key === "End") return p.high;
  return event.key === "Delete" || event.key === "Backspace" ? p.default : null;
}

function followPointer(travel, range, p, desk) {
  let grip = null;

  const begin = () => {
    grip.moving = true;
    grip.at = toTravel(p, desk.get(p.address));
    desk.hold(p.address);
    travel.classList.add("held");
  };
  const end = () => {
    if (grip?.moving) { desk.release(p.address); travel.classList.remove("held"); }
    grip = null;
  };

  travel.addEventListener("pointerdown", (event) => {
    if (range.matches(":disabled") || event.button !== 0 || grip) return;
    const touch = event.pointerType === "touch";
    grip = {id: event.pointerId, x: event.clientX, y: event.clientY, touch, moving: false};
    if (touch) return;
    event.preventDefault();
    travel.setPointerCapture(event.pointerId);
    range.focus({preventScroll: true});
    begin();
    if (!event.shiftKey) goTo(event);
  });
  travel.addEventListener("pointermove", (event) => {
    if (event.pointerId !== grip?.id) return;
    const dx = event.clientX - grip.x;
    if (!grip.moving) {
      if (Math.abs(dx) < SLOP_PX) return;
      begin();
    } else if (!grip.touch && !event.shiftKey) {
      goTo(event);
      return;
    } else {
      const fine = event.shiftKey || Math.abs(event.clientY - grip.y) > FINE_FROM_PX;
      grip.at = Math.min(Math.max(grip.at + (fine ? FINE : 1) * dx / widthPx(), 0), 1);
      desk.set(p.address, fromTravel(p, grip.at));
    }
    grip.x = event.clientX;
  });
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
    travel.addEventListener(kind, (event) => { if (event.pointerId === grip?.id) end(); });
  }

  const widthPx = () => Math.max(travel.clientWidth - THUMB_PX, 1);
  function goTo(event) {
    grip.x = event.clientX;
    const fromLeftPx = event.clientX - travel.getBoundingClientRect().left - THUMB_PX / 2;
    grip.at = Math.min(Math.max(fromLeftPx / widthPx(), 0), 1);
    desk.set(p.address, fromTravel(p, grip.at));
  }
}
