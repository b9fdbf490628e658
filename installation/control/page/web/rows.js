// One row of the list: name, control, what it does; back to its default; among the favourites; taught a controller.

import {button, icon, make, onTaps} from "./dom.js";
import {fullName, isDefault, isNumber, nameOf, spoken} from "./values.js";
import {makeWidget} from "./widgets.js";

let number = 0;

/** Return the row of `p`. Without `star` it is none of the favourites'; without `about` it stands without words. */
export function makeRow(p, desk, {star = null, learn = null, label = nameOf(p.address), about = true} = {}) {
  const id = "about" + number++;
  const {beside, below} = makeWidget(p, desk, about ? {describedBy: id} : {});
  const name = make("span", {className: "name", textContent: label});
  const head = make("div", {className: "head"}, name, ...(learn ? [learn.buttonFor(p)] : []));
  const data = {address: p.address, kind: p.kind};
  const row = make("div", {className: "row", role: "group", aria: {label: fullName(p.address)}, data});
  if (p.kind !== "trigger" && p.kind !== "text") {
    onTaps(name, () => desk.set(p.address, p.default));
    name.title = "Double-tap: back to " + spoken(p, p.default);
    head.append(makeReset(p, desk, row));
  }
  head.append(beside);
  row.append(head);
  if (below) row.append(below);
  if (learn) row.append(learn.placeFor(p));
  if (about || star) row.append(make("div", {className: "foot"}, about ? makeAbout(p, id) : null, star?.buttonFor(p)));
  return row;
}

function makeReset(p, desk, row) {
  const label = `${nameOf(p.address)} back to ${spoken(p, p.default)}`;
  const reset = button("", () => {
    desk.set(p.address, p.default);
    // This button is about to go.
    row.querySelector("input[type=range], input:checked, button.switch, select")?.focus({preventScroll: true});
  }, {className: "quiet icon reset", title: label, aria: {label}});
  reset.append(icon("reset"));
  desk.watch(p.address, (value) => row.classList.toggle("moved", !isDefault(p, value)));
  return reset;
}

function makeAbout(p, id) {
  const value = spoken(p, p.default).replace(" ", "\u00a0");
  const standard = isNumber(p) || p.kind === "choice" ? ` · default\u00a0${value}` : "";
  return make("p", {id, className: "about", textContent: p.description + standard});
}
