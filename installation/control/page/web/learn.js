// MIDI learn: in this mode each row has a button; the next message of the controller then moves that control.

import {button, find, make, write} from "./dom.js";
import {fullName} from "./values.js";

const LEARN = "/show/learn", FORGET = "/show/forget";
const BOUND_FOR_MS = 8000;

export class Learn {
  constructor(desk) {
    Object.assign(this, {desk, on: false, now: "", dropped: "", bound: "", boundAt: 0, midi: {}, places: [], told: ""});
    this.toggle = find("learn");
    this.toggle.addEventListener("click", () => this.#switch(!this.on));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.on && !event.defaultPrevented) this.#escape();
    });
  }

  /** Begin as soon as the show is known to have the row for it. */
  begin() {
    if (!this.desk.parameters.has(LEARN)) return;
    this.toggle.hidden = false;
    this.desk.watch(LEARN, (address) => this.#take(address));
  }

  /** Return the button that teaches `p` its controller. */
  buttonFor(p) {
    const label = "Learn " + fullName(p.address);
    return button("Learn", () => { if (this.now === p.address) this.#cancel(); else this.desk.set(LEARN, p.address); },
      {className: "teach", data: {teach: p.address}, aria: {label, pressed: "false"}});
  }

  /** Return the place where a row says which controls of the device move it. */
  placeFor(p) {
    const label = "What moves " + fullName(p.address);
    const place = make("ul", {className: "bindings", hidden: true, data: {bound: p.address}, aria: {label}});
    this.places.push(place);
    return place;
  }

  /** Take how the controller is doing, which also says what was bound. */
  show(midi = {}) {
    this.midi = midi;
    this.#paint();
    // Rows of a shader that has left are gone for good; others may only not be among the favourites.
    this.places = this.places.filter((place) => place.isConnected || this.desk.parameters.has(place.dataset.bound));
    const told = JSON.stringify(midi.bindings ?? []);
    if (told === this.told) return;
    this.told = told;
    this.places.forEach((place) => this.#fill(place));
  }

  #fill(place) {
    const bindings = (this.midi.bindings ?? []).filter(({address}) => address === place.dataset.bound);
    place.hidden = !bindings.length;
    place.replaceChildren(...bindings.map(({control, words, whose}) => {
      const forget = whose === "learnt" && this.desk.parameters.has(FORGET)
        ? button("Forget", () => this.desk.tell(FORGET, control), {aria: {label: `Forget ${words}`}}) : null;
      return make("li", {}, make("span", {textContent: words}), forget);
    }));
  }

  #switch(on) {
    this.on = on;
    this.toggle.setAttribute("aria-pressed", on);
    document.documentElement.toggleAttribute("data-learning", on);
    if (!on && this.now) this.#cancel();
    this.bound = "";
    this.#paint();
  }

  #cancel() {
    this.dropped = this.now;
    this.desk.set(LEARN, "");
  }

  #escape() {
    if (this.now) this.#cancel();
    else { this.#switch(false); this.toggle.focus(); }
  }

  #take(address) {
    if (this.now && !address && this.now !== this.dropped) {
      this.bound = this.now;
      this.boundAt = performance.now();
    }
    if (address) this.bound = "";
    this.dropped = "";
    this.now = address;
    document.querySelectorAll("[data-teach]").forEach((element) => {
      const active = element.dataset.teach === address;
      element.setAttribute("aria-pressed", active);
      write(element, active ? "Cancel" : "Learn");
    });
    this.#paint();
  }

  #paint() {
    const place = find("learning");
    place.hidden = !this.on && !this.now;
    if (place.hidden) return;
    const {open, problem, last, learnt} = this.midi;
    let words = "Learn: choose a control, then move a knob or a key of the controller.";
    if (this.now) words = `Move a knob or a key of ${open || "the controller"} for ${fullName(this.now)}.`;
    else if (this.bound && performance.now() - this.boundAt < BOUND_FOR_MS) {
      words = learnt || `${fullName(this.bound)}: done${last ? `, by ${last}` : ""}.`;
    }
    if (!open && problem) words += ` ${problem}.`;
    if (place.firstChild?.textContent === words) return;
    const done = button(this.now ? "Cancel" : "Done", () => {
      if (this.now) this.#cancel();
      else { this.#switch(false); this.toggle.focus(); }
    });
    place.replaceChildren(make("span", {textContent: words}), done);
  }
}
