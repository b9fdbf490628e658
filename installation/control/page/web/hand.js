// What must always be at hand: dark and still, large; beside the picture what is done with it; the beat, tapped.

import {button, find, make, write} from "./dom.js";
import {nameOf} from "./values.js";

const DOCK = {"/show/blackout": "Blackout", "/show/freeze": "Freeze"};
const TOOLS = {"/latent/hold": "Hold", "/show/hud": "Overlay", "/show/record": "Record",
  "/show/log": "Log", "/show/snapshot": "Snapshot"};
const TAP = "/audio/tap";

/** What stands at hand and therefore not in the list. */
export const AT_HAND = [...Object.keys(DOCK), ...Object.keys(TOOLS)];

/** Build the large buttons, those of the picture and the one for the beat. */
export function buildHand(desk) {
  find("dock").replaceChildren(...buttons(DOCK, desk));
  find("tools").replaceChildren(...buttons(TOOLS, desk));
  if (!desk.parameters.has(TAP)) return;
  const tap = make("button", {type: "button", id: "tap", textContent: "Tap", aria: {label: "Tap the beat"}});
  tap.addEventListener("pointerdown", (event) => { // a beat is when the finger comes down, not when it goes
    if (event.button === 0) desk.tell(TAP);
  });
  tap.addEventListener("click", (event) => { if (event.detail === 0) desk.tell(TAP); });
  find("tempo").append(tap);
}

function buttons(names, desk) {
  return Object.entries(names).filter(([address]) => desk.parameters.has(address))
    .map(([address, label]) => desk.parameters.get(address).kind === "trigger" ? deed(address, label, desk)
      : toggle(address, label, desk));
}

function toggle(address, label, desk) {
  const element = button(label, () => desk.set(address, element.getAttribute("aria-pressed") !== "true"),
    {id: nameOf(address), title: desk.parameters.get(address).description, aria: {pressed: "false"}});
  desk.watch(address, (value) => element.setAttribute("aria-pressed", value));
  return element;
}

function deed(address, label, desk) {
  const element = button(label, () => {
    desk.tell(address);
    write(element, "Taken");
    setTimeout(() => write(element, label), 900);
  }, {id: nameOf(address), title: desk.parameters.get(address).description});
  return element;
}
