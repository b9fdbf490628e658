// Presets as pictures, models by name; how a change moves; what is kept of a look, and a fader between two of them.

import {button, find, make, notice, write} from "./dom.js";
import {makeRow} from "./rows.js";
import {makeSlider} from "./slider.js";

const PRESET = "/show/preset", MODEL = "/show/model", A = "/show/a", B = "/show/b", AB = "/show/ab";
export const OF_PRESETS = ["/show/morph", "/show/easing"];
export const HAVE_A_PLACE = [
  PRESET, MODEL, A, B, AB, "/show/save", "/show/rename", "/show/version", "/show/revert", "/show/try", "/show/keep",
  "/show/cancel", "/show/learn", "/show/forget",
];

export class Presets {
  constructor(desk, learn) {
    Object.assign(this, {desk, cards: new Map(), names: [], models: new Map(), picks: []});
    const row = (address) => makeRow(desk.parameters.get(address), desk, {learn, about: false});
    find("change").replaceChildren(...OF_PRESETS.filter((address) => desk.parameters.has(address)).map(row));
    this.#buildBetween();
    this.#buildKeep();
    desk.watch(PRESET, (name) => mark(this.cards, name));
    desk.watch(MODEL, (name) => mark(this.models, name));
  }

  /** Take the presets that there are. */
  list(presets) {
    this.names = presets.map(({name}) => name);
    this.cards = new Map(presets.map((preset) => [preset.name, this.#card(preset)]));
    const none = make("p", {className: "about", textContent: "There are no presets."});
    find("preset-cards").replaceChildren(...(presets.length ? this.cards.values() : [none]));
    mark(this.cards, this.desk.get(PRESET));
    for (const {select, address} of this.picks) {
      const options = ["", ...this.names].map((name) => make("option", {value: name, textContent: name || "none"}));
      select.replaceChildren(...options);
      select.value = this.desk.get(address) ?? "";
    }
  }

  /** Take the models that there are; one alone is no choice. */
  listModels(names) {
    find("models").hidden = names.length < 2;
    const go = (name) => button(name, () => this.desk.set(MODEL, name), {aria: {pressed: "false"}});
    this.models = new Map(names.map((name) => [name, go(name)]));
    find("model-names").replaceChildren(...this.models.values());
    mark(this.models, this.desk.get(MODEL));
  }

  /** Take how the presets are doing: whether a draft is open, what came of the last deed. */
  show({draft = false, last = "", problem = ""} = {}) {
    const said = problem || last;
    if (this.said !== undefined && said && said !== this.said) notice(said);
    this.said = said;
    write(find("last-deed"), said);
    const place = find("draft");
    if (place.hidden !== draft) return;
    place.hidden = !draft;
    const deed = (name, label) => button(label, () => this.desk.tell("/show/" + name));
    const words = make("span", {textContent: "A draft: keep it, or cancel and all is as it was."});
    place.replaceChildren(...(draft ? [words, deed("keep", "Keep"), deed("cancel", "Cancel")] : []));
  }

  #card({name, description, thumbnail, from}) {
    const picture = thumbnail ? make("img", {src: thumbnail, alt: "", loading: "lazy", decoding: "async"})
      : make("span", {className: "letter", textContent: name.slice(0, 1), aria: {hidden: "true"}});
    if (thumbnail) picture.addEventListener("error", () => picture.remove(), {once: true});
    const words = make("span", {className: "what", textContent: (description ?? "").replaceAll("`", "")});
    const title = make("span", {className: "title", textContent: name.replaceAll("_", " ")});
    const tag = from === "venue" ? make("span", {className: "tag", textContent: "this venue's"}) : null;
    const about = {title: description ?? "", data: {preset: name}, aria: {pressed: "false"}};
    const card = make("button", {type: "button", className: "card", ...about},
      make("span", {className: "thumb"}, picture), title, words, tag);
    card.addEventListener("click", () => this.desk.set(PRESET, name));
    return card;
  }

  #buildBetween() {
    const {desk} = this, fader = desk.parameters.get(AB);
    if (!fader || !desk.parameters.has(A) || !desk.parameters.has(B)) return;
    const pick = (address, label) => {
      const select = make("select", {aria: {label: "Preset " + label}});
      select.addEventListener("change", () => desk.set(address, select.value));
      desk.watch(address, (name) => { select.value = name; });
      this.picks.push({select, address});
      return make("label", {}, make("span", {textContent: label, aria: {hidden: "true"}}), select);
    };
    const about = {className: "between", role: "group", aria: {label: "Between two presets"}};
    find("between").replaceChildren(make("div", about, pick(A, "A"), pick(B, "B"), makeSlider(fader, desk)));
  }

  #buildKeep() {
    const {desk} = this, has = (deed) => desk.parameters.has("/show/" + deed);
    const deed = (name, label, said) => has(name)
      ? button(label, () => { desk.tell("/show/" + name); if (said && desk.isOpen()) notice(said); },
        {id: "deed-" + name, title: desk.parameters.get("/show/" + name).description}) : null;
    const named = (name, label, verb, usual = () => "") => { // `usual`: the name where none is written
      if (!has(name)) return null;
      const id = name + "-name";
      const field = make("input", {type: "text", id, maxLength: 100, autocomplete: "off", spellcheck: false});
      const go = make("button", {type: "submit", textContent: verb});
      const form = make("form", {className: "named"}, make("label", {htmlFor: id, textContent: label}), field, go);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const text = field.value.trim() || usual();
        if (!text) { field.focus(); return; }
        desk.tell("/show/" + name, text);
        if (desk.isOpen()) field.value = "";
      });
      return form;
    };
    const now = make("p", {id: "last-deed", className: "about"});
    const draft = make("div", {className: "buttons", role: "group", aria: {label: "Try something"}},
      deed("try", "Try", "From here on it is a draft: keep it or cancel it."),
      deed("keep", "Keep"), deed("cancel", "Cancel"));
    const back = make("div", {className: "buttons", role: "group", aria: {label: "Go back"}},
      deed("revert", "Revert"), this.#versions());
    find("keep").replaceChildren(make("details", {className: "group"},
      make("summary", {}, make("h3", {textContent: "Save, try, go back"})),
      make("div", {className: "keep"}, now, draft, back,
        named("save", "Save what is shown as", "Save", () => desk.get(PRESET)),
        named("rename", "Rename the shown preset to", "Rename"))));
    desk.watch(PRESET, (name) => { if (find("save-name")) find("save-name").placeholder = name; });
  }

  #versions() {
    const {desk} = this, p = desk.parameters.get("/show/version");
    if (!p) return null;
    const words = (n) => n === 0 ? "newest" : n + " before";
    const numbers = Array.from({length: p.high - p.low + 1}, (_, index) => p.low + index);
    const options = numbers.map((n) => make("option", {value: n, textContent: words(n)}));
    const select = make("select", {id: "version", aria: {label: "Version of the shown preset"}}, ...options);
    select.addEventListener("change", () => desk.set(p.address, Number(select.value)));
    desk.watch(p.address, (value) => { select.value = value; });
    return select;
  }
}

function mark(buttons, now) {
  for (const [name, element] of buttons) element.setAttribute("aria-pressed", name === now);
}
