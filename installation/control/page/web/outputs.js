// Where the picture lies: outputs to choose from, their corners and masks to drag, and all else that they have. What is
// moved counts on the wall at once, and every page sees it.

import {button, find, make, notice, write} from "./dom.js";
import {Fields} from "./outputs_fields.js";
import {Layout} from "./outputs_layout.js";
import {WHOLE} from "./outputs_geometry.js";
import {Points} from "./outputs_point.js";
import {CORNERS, pointsOf, Stage} from "./outputs_stage.js";
import {recall, remember} from "./remembered.js";

const PATTERN = "/show/pattern";
export const OUTPUTS_HAVE_A_PLACE = [PATTERN];
const ASK_MS = 5000;
const USUAL_PX = [1920, 1080];
const UNTOUCHED = {
  part: [0, 0, 1, 1], fit: "cover", flip: "none", rotate: 0, corners: WHOLE, masks: [], delay_frames: 0,
  blend: {left: 0, right: 0, top: 0, bottom: 0, gamma: 2.2},
};

export class Outputs {
  /** `link` is the connection, `desk` what says whether this page may move anything, `picture` what is on the wall. */
  constructor({link, desk, picture}) {
    Object.assign(this, {desk, name: recall("output", ""), wanted: "", shape: CORNERS, index: 0});
    Object.assign(this, {listed: "", monitors: "", states: [], said: ""});
    this.layout = new Layout({
      send: (message) => link.send(message), ask: (...request) => this.#ask(...request),
      isOpen: () => link.isOpen, mayMove: () => desk.access === "full", refuse: notice, changed: () => this.#paint(),
    });
    const edit = (change, label = {}) => this.layout.edit(this.name, change, label);
    const choose = (shape, index) => { Object.assign(this, {shape, index}); this.#paint(); };
    this.stage = new Stage(find("output-stage"), {
      edit, hold: () => this.layout.hold(), release: () => this.layout.release(),
      choose: (index) => choose(this.shape, index), otherKey: (key) => this.points.key(key),
    });
    this.points = new Points({edit, choose, grasp: (index) => this.stage.focus(index)});
    this.fields = new Fields(this.layout, () => this.name);
    find("output-fields").replaceChildren(...this.fields.rows());
    this.#buildTools();
    this.#buildWhole(edit);
    const editor = find("output-editor");
    const opened = () => { if (location.hash === "#outputs") editor.open = true; };
    addEventListener("hashchange", opened);
    opened();
    picture.alsoIn(find("output-stage"), (screen) => this.stage.take(screen));
  }

  /** Take what outputs there are, as the show says. */
  take(message) {
    find("outputs").hidden = false;
    this.layout.take(message);
  }

  /** Take how the outputs are doing, as the show's status has it: which are shown how large, and why others are not. */
  show({outputs = []} = {}) {
    if (JSON.stringify(outputs) === this.said) return;
    this.said = JSON.stringify(outputs);
    this.states = outputs;
    this.#paint();
  }

  /** An edit was refused. */
  refused(message) { this.layout.refused(message); }

  /** The connection went: what was not answered is not so. */
  forget() { this.layout.forget(); }

  #paint() {
    const names = this.layout.names;
    if (!names.length) return;
    if (names.includes(this.wanted)) Object.assign(this, {name: this.wanted, wanted: "", shape: CORNERS, index: 0});
    if (!names.includes(this.name)) Object.assign(this, {name: names[0], shape: CORNERS, index: 0});
    const output = this.layout.get(this.name);
    if (this.shape !== CORNERS && !output.masks[this.shape]) Object.assign(this, {shape: CORNERS, index: 0});
    this.index = Math.min(this.index, pointsOf(output, this.shape).length - 1);
    this.#listNames(names);
    this.#listMonitors(output);
    this.stage.show(output, this.shape, this.#sizeOf(output));
    this.points.show(output, this.shape, this.index);
    this.fields.paint();
    const problem = this.states.find(({name}) => name === this.name)?.problem ?? "";
    find("output-problem").hidden = !problem;
    write(find("output-problem"), problem);
    find("output-undo").disabled = !this.layout.canUndo;
    find("remove-output").disabled = names.length < 2;
    find("output-name").placeholder = this.name;
  }

  #listNames(names) {
    const place = find("output-names");
    if (this.listed !== names.join()) {
      this.listed = names.join();
      place.replaceChildren(...names.map((name) => button(name, () => this.#choose(name), {data: {output: name}})),
        button("Add output", () => this.#add(), {id: "add-output", className: "quiet"}));
    }
    place.querySelectorAll("[data-output]").forEach((one) => {
      one.setAttribute("aria-pressed", one.dataset.output === this.name);
    });
  }

  #choose(name) {
    this.wanted = name; // it may have been made just now, and the show's word of it is on its way
    remember("output", name);
    this.#paint();
  }

  #sizeOf(output) {
    const state = this.states.find(({name}) => name === output.name), monitor = this.#monitorOf(output);
    if (state?.width) return [state.width, state.height];
    return monitor ? [monitor.width_px, monitor.height_px] : USUAL_PX;
  }

  #monitorOf({monitor}) {
    return this.layout.monitors.find(({number, name}) => monitor === number || (name && monitor === name));
  }

  /** Return how a monitor is kept: by its name, which stays when another one is unplugged, where it alone has it. */
  #called({name, number}) {
    return name && this.layout.monitors.filter((other) => other.name === name).length === 1 ? name : number;
  }

  #listMonitors(output) {
    const select = find("output-monitor"), known = this.layout.monitors, now = this.#monitorOf(output);
    const words = ({number, name, width_px: w, height_px: h}) => `${number}${name ? ": " + name : ""}, ${w} × ${h}`;
    const options = known.map((monitor) => [JSON.stringify(this.#called(monitor)), words(monitor)]);
    if (!now) options.push([JSON.stringify(output.monitor), `${output.monitor}${known.length ? ", not there" : ""}`]);
    if (this.monitors !== JSON.stringify(options)) {
      this.monitors = JSON.stringify(options);
      select.replaceChildren(...options.map(([value, textContent]) => make("option", {value, textContent})));
    }
    select.value = JSON.stringify(now ? this.#called(now) : output.monitor);
  }

  #buildTools() {
    const {desk} = this;
    // Of a test pattern the wall's own picture shows nothing: the grid then stands for it.
    const show = () => this.stage.setLive(live.getAttribute("aria-pressed") === "true" && desk.get(PATTERN) !== "grid");
    const live = button("Live picture", () => {
      live.setAttribute("aria-pressed", live.getAttribute("aria-pressed") !== "true");
      show();
    }, {aria: {pressed: "true"}, id: "output-live"});
    const pattern = button("Test pattern", () => {
      desk.set(PATTERN, desk.get(PATTERN) === "none" ? "grid" : "none");
    }, {aria: {pressed: "false"}, id: "output-pattern"});
    pattern.hidden = !desk.parameters.has(PATTERN);
    desk.watch(PATTERN, (value) => { pattern.setAttribute("aria-pressed", value === "grid"); show(); });
    const undo = button("Undo", () => this.layout.undo(), {id: "output-undo"});
    find("output-tools").replaceChildren(pattern, live, undo);
  }

  #buildWhole(edit) {
    const select = find("output-monitor");
    select.addEventListener("change", () => edit({monitor: JSON.parse(select.value)}));
    find("reset-output").addEventListener("click", () => edit(UNTOUCHED));
    find("remove-output").addEventListener("click", () => this.#remove());
    find("output-rename").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#rename(find("output-name").value.trim().toLowerCase());
    });
  }

  #add() {
    const names = this.layout.names, number = [2, 3, 4, 5, 6, 7, 8, 9].find((n) => !names.includes(`wall-${n}`));
    const taken = this.layout.outputs.map((output) => this.#monitorOf(output)?.number);
    const free = this.layout.monitors.find((monitor) => !taken.includes(monitor.number));
    this.layout.tell(async () => {
      const made = await this.#ask("POST", "", {name: `wall-${number}`, ...(free && {monitor: this.#called(free)})});
      if (!made) return null;
      this.#choose(made.name);
      return () => this.#ask("DELETE", made.name);
    });
  }

  #remove() {
    const gone = this.layout.get(this.name);
    this.layout.tell(async () => await this.#ask("DELETE", gone.name) && (() => this.#ask("POST", "", gone)));
  }

  #rename(name) {
    const before = this.name;
    if (!name || name === before) return;
    this.layout.tell(async () => {
      if (!await this.#ask("PATCH", before, {name})) return null;
      find("output-name").value = "";
      this.#choose(name);
      return async () => { if (await this.#ask("PATCH", name, {name: before})) this.#choose(before); };
    });
  }

  /** Ask the show for something; return what it answers, null where it does not do it, which is said. */
  async #ask(method, name, body) {
    const path = "/api/outputs" + (name && "/" + encodeURIComponent(name));
    try {
      const answer = await fetch(path, {
        method, signal: AbortSignal.timeout(ASK_MS), headers: {"Content-Type": "application/json"},
        ...(body ? {body: JSON.stringify(body)} : {}),
      });
      const told = await answer.json();
      if (answer.ok) return told;
      notice(told.error);
    } catch { notice("The show does not answer."); }
    return null;
  }
}
