// Every parameter, in groups that fold; a field that finds them; those that matter tonight on top.

import {button, find, icon, make, write} from "./dom.js";
import {recall, remember} from "./remembered.js";
import {makeRow} from "./rows.js";
import {fullName, groupOf, isDefault, nameOf} from "./values.js";

const WIDE = matchMedia("(min-width: 62rem)");

class Favourites {
  constructor() {
    const kept = recall("favourites", []);
    this.addresses = Array.isArray(kept) ? kept : [];
    this.changed = () => {};
  }

  has(address) { return this.addresses.includes(address); }

  toggle(address) {
    this.addresses = this.has(address) ? this.addresses.filter((one) => one !== address) : [...this.addresses, address];
    remember("favourites", this.addresses);
    this.changed(address);
  }

  buttonFor(p) {
    const star = button("", () => this.toggle(p.address), {className: "quiet icon star", data: {star: p.address}});
    star.append(icon("star"));
    this.show(star);
    return star;
  }

  show(star) {
    const address = star.dataset.star;
    star.setAttribute("aria-pressed", this.has(address));
    star.setAttribute("aria-label", nameOf(address) + " among the favourites");
  }
}

/**
 * Build the list into the page. `parameters` are the rows to show; `hidden` only learn mode shows. Returns what takes
 * the rows that come and go with shaders, and which of those that there were are no longer the same.
 */
export function buildList(parameters, hidden, desk, learn) {
  const favourites = new Favourites();
  const folded = recall("folded", null) ?? {};
  const options = {star: favourites, learn};
  const groups = Map.groupBy ? Map.groupBy(parameters, (p) => groupOf(p.address)) : groupBy(parameters);
  const best = makeGroup("favourites", [], desk, {...options, folded, open: true});
  const rest = [...groups].map(([name, rows]) => makeGroup(name, rows, desk, {...options, folded, open: WIDE.matches}));
  const more = makeGroup("at hand", hidden, desk, {learn, folded: {}, open: true});
  more.classList.add("only-learning");

  const shaders = makeGroup("isf", [], desk, {...options, folded, open: WIDE.matches});
  let rows = new Map(parameters.map((p) => [p.address, p]));
  favourites.changed = (address) => {
    const chosen = favourites.addresses.filter((one) => rows.has(one)).map((one) => rows.get(one));
    best.hidden = !chosen.length;
    best.fill(chosen);
    document.querySelectorAll("[data-star]").forEach((star) => favourites.show(star));
    // The button that was pressed may be gone: go on where its control stands in the list.
    if (address && document.activeElement === document.body) find("search").focus({preventScroll: true});
  };
  favourites.changed("");
  find("groups").replaceChildren(best, ...rest, shaders, more);
  followSearch([best, ...rest, shaders]);
  shaders.hidden = true;
  return (ofShaders, gone) => {
    [best, shaders].forEach((group) => group.forget(gone));
    rows = new Map([...parameters, ...ofShaders].map((p) => [p.address, p]));
    shaders.hidden = !ofShaders.length;
    shaders.fill(ofShaders);
    favourites.changed("");
  };
}

function groupBy(parameters) {
  const groups = new Map();
  for (const p of parameters) groups.set(groupOf(p.address), [...(groups.get(groupOf(p.address)) ?? []), p]);
  return groups;
}

function makeGroup(name, parameters, desk, {star = null, learn, folded, open}) {
  const moved = make("span", {className: "count"});
  const rows = make("div", {className: "rows"});
  const group = make("details", {className: "group", data: {group: name}, open: name in folded ? !folded[name] : open},
    make("summary", {}, make("h3", {textContent: name === "isf" ? "ISF shaders" : name}), moved), rows);
  group.firstChild.addEventListener("click", () => { // by hand alone: what a search opens is not remembered
    if (group.dataset.searching) return;
    folded[name] = group.open; // it is about to be the other way round
    remember("folded", folded);
  });
  const made = new Map();
  let shown = [];
  const count = () => {
    const standing = shown.filter((p) => p.kind !== "trigger" && desk.values.has(p.address));
    const number = standing.filter((p) => !isDefault(p, desk.get(p.address))).length;
    write(moved, number ? number + " moved" : "");
  };
  const rowOf = (p) => {
    if (!made.has(p.address)) {
      const label = name === "favourites" ? fullName(p.address) : nameOf(p.address);
      made.set(p.address, makeRow(p, desk, {star, learn, label}));
      desk.watch(p.address, count);
    }
    return made.get(p.address);
  };
  group.fill = (chosen) => {
    shown = chosen;
    rows.replaceChildren(...shown.map(rowOf));
    count();
  };
  group.forget = (addresses) => addresses.forEach((address) => made.delete(address));
  group.fill(parameters);
  return group;
}

function followSearch(groups) {
  const field = find("search");
  const wasOpen = new Map();
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of groups) {
      if (words.length && !wasOpen.has(group)) wasOpen.set(group, group.open);
      let here = 0;
      for (const row of group.querySelectorAll(".row")) {
        const text = (row.dataset.address.replaceAll("/", " ") + " " + row.textContent).toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        here += !row.hidden;
      }
      group.classList.toggle("nothing", words.length > 0 && !here);
      if (words.length) group.dataset.searching = "true"; else delete group.dataset.searching;
      group.open = words.length ? here > 0 : wasOpen.get(group) ?? group.open;
      if (group.dataset.group !== "favourites") found += here;
    }
    if (!words.length) wasOpen.clear();
    write(find("found"), words.length ? (found ? `${found} found` : "nothing found") : "");
  });
}
