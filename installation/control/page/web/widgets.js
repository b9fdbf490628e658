// The right control for each kind of parameter: what a row shows beside its name (`beside`) and below it (`below`).

import {button, make, notice, onTaps} from "./dom.js";
import {makeSlider} from "./slider.js";
import {fullName, isNumber, spoken, typed} from "./values.js";

const MOST_SEGMENTS = 4;
let number = 0;

/** Return `{beside, below}`, each an element or null, of the row `p`. */
export function makeWidget(p, desk, options = {}) {
  if (isNumber(p)) return {beside: makeValue(p, desk), below: makeSlider(p, desk, options)};
  const kinds = {bool: makeSwitch, choice: makeChoice, text: makeText, trigger: makeTrigger};
  return {beside: kinds[p.kind](p, desk), below: null};
}

/** A value that can be typed: one tap or Enter opens it, a double tap goes back to the default. */
function makeValue(p, desk) {
  const show = make("button", {type: "button", className: "value"});
  const name = fullName(p.address);
  const field = make("input", {
    type: "text", className: "value", hidden: true, autocomplete: "off", inputMode: p.low < 0 ? "text" : "decimal",
    aria: {label: `${name}, ${spoken(p, p.low)} to ${spoken(p, p.high)}`},
  });
  desk.watch(p.address, (value) => {
    show.textContent = spoken(p, value);
    show.setAttribute("aria-label", `${name}: ${spoken(p, value)}, type another`);
  });
  const close = (kept) => {
    if (field.hidden) return;
    const value = typed(p, field.value);
    field.hidden = true;
    show.hidden = false;
    if (!kept || !field.value.trim() || value === desk.get(p.address)) return;
    if (value === null) notice(`${name} is a number, not “${field.value.slice(0, 20)}”.`);
    else desk.set(p.address, value);
  };
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    close(event.key === "Enter");
    show.focus();
  });
  field.addEventListener("blur", () => close(true));
  onTaps(show, () => desk.set(p.address, p.default), () => {
    field.value = String(desk.get(p.address));
    show.hidden = true;
    field.hidden = false;
    field.focus();
    field.select();
  });
  return make("span", {className: "number"}, show, field);
}

function makeSwitch(p, desk) {
  const element = button("", () => desk.set(p.address, element.getAttribute("aria-checked") !== "true"),
    {className: "switch", role: "switch", aria: {label: fullName(p.address), checked: "false"}});
  desk.watch(p.address, (value) => element.setAttribute("aria-checked", value));
  return element;
}

function makeChoice(p, desk) {
  return p.choices.length > MOST_SEGMENTS ? makeSelect(p, desk) : makeSegments(p, desk);
}

function makeSelect(p, desk) {
  const options = p.choices.map((name) => make("option", {value: name, textContent: name}));
  const select = make("select", {aria: {label: fullName(p.address)}}, ...options);
  select.addEventListener("change", () => desk.set(p.address, select.value));
  desk.watch(p.address, (value) => { select.value = value; });
  return select;
}

function makeSegments(p, desk) {
  const group = "choice" + number++;
  const radios = p.choices.map((name) => {
    const radio = make("input", {type: "radio", name: group, value: name});
    radio.addEventListener("change", () => desk.set(p.address, name));
    return radio;
  });
  desk.watch(p.address, (value) => radios.forEach((radio) => { radio.checked = radio.value === value; }));
  const labels = radios.map((radio) => make("label", {}, radio, make("span", {textContent: radio.value})));
  return make("span", {className: "segments", role: "radiogroup", aria: {label: fullName(p.address)}}, ...labels);
}

function makeText(p, desk) {
  const field = make("input",
    {type: "text", autocomplete: "off", spellcheck: false, aria: {label: fullName(p.address)}});
  field.addEventListener("change", () => desk.set(p.address, field.value));
  desk.watch(p.address, (value) => { if (document.activeElement !== field) field.value = value; });
  return field;
}

function makeTrigger(p, desk) {
  return button("Go", () => desk.tell(p.address), {className: "go", aria: {label: fullName(p.address)}});
}
