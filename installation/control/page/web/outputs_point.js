// The point that is chosen on an output, in numbers; corners and masks to choose from; what comes and goes.

import {button, find, make, notice, write} from "./dom.js";
import {WHOLE, withPointAfter} from "./outputs_geometry.js";
import {CORNERS, CORNER_NAMES, moving, pointsOf} from "./outputs_stage.js";

const FEWEST_POINTS = 3, MOST_POINTS = 32, MOST_MASKS = 16;
const NEW_MASK = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]];

export class Points {
  /**
   * `edit(change)` changes the output that is shown; `choose(shape, index)` says which point is meant from now on,
   * `grasp(index)` puts the hand on it.
   */
  constructor({edit, choose, grasp}) {
    Object.assign(this, {edit, choose, grasp, output: null, shape: CORNERS, index: 0, shapes: ""});
    this.fields = ["across", "down"].map((way, axis) => this.#field(way, axis));
    this.name = make("span", {className: "name"});
    const deed = (id, label, work) => button(label, work, {id});
    this.deeds = {
      reset: deed("reset-corner", "Reset corner", () => this.#put(WHOLE[this.index])),
      more: deed("add-point", "Add point", () => this.#more()),
      less: deed("remove-point", "Remove point", () => this.#less()),
      none: deed("remove-mask", "Remove mask", () => this.#mask(this.shape + 1, null, CORNERS, 0)),
    };
    find("output-shapes").setAttribute("role", "radiogroup");
    find("output-point").replaceChildren(this.name, ...this.fields.map(({label}) => label));
    find("output-deeds").replaceChildren(...Object.values(this.deeds),
      deed("add-mask", "Add mask", () => {
        const {length} = this.output.masks;
        this.#mask(length + 1, NEW_MASK, length, 0);
      }));
  }

  /** Show which point of what is chosen, and where it is. */
  show(output, shape, index) {
    Object.assign(this, {output, shape, index});
    this.#list();
    const corners = shape === CORNERS, points = pointsOf(output, shape);
    write(this.name, corners ? CORNER_NAMES[index] + " corner" : `Mask ${shape + 1}, point ${index + 1}`);
    this.fields.forEach(({field}, axis) => {
      const text = (100 * points[index][axis]).toFixed(2);
      if (document.activeElement !== field) field.value = text;
    });
    this.deeds.reset.hidden = !corners;
    for (const name of ["more", "less", "none"]) this.deeds[name].hidden = corners;
    this.deeds.more.disabled = points.length >= MOST_POINTS;
    this.deeds.less.disabled = points.length <= FEWEST_POINTS;
    find("add-mask").disabled = output.masks.length >= MOST_MASKS;
  }

  /** Take a key on a point of the drawing that moves nothing: Delete takes a point away, Insert or + adds one. */
  key(key) {
    const corners = this.shape === CORNERS;
    if (key === "Delete" || key === "Backspace") return corners ? this.#put(WHOLE[this.index]) : this.#less();
    return (key === "Insert" || key === "+") && !corners && this.#more();
  }

  #list() {
    const names = ["Corners", ...this.output.masks.map((_, index) => `Mask ${index + 1}`)];
    if (this.shapes !== names.join()) {
      this.shapes = names.join();
      find("output-shapes").replaceChildren(...names.map((name, place) => {
        const radio = make("input", {type: "radio", name: "output-shape", value: place});
        radio.addEventListener("change", () => this.choose(place ? place - 1 : CORNERS, 0));
        return make("label", {}, radio, make("span", {textContent: name}));
      }));
    }
    const place = this.shape === CORNERS ? 0 : this.shape + 1;
    find("output-shapes").querySelectorAll("input").forEach((radio, at) => { radio.checked = at === place; });
  }

  #field(way, axis) {
    const field = make("input", {type: "text", autocomplete: "off", id: `point-${way}`, className: "value"});
    field.addEventListener("change", () => {
      const percent = Number(field.value.replace("−", "-").replace(",", ".").replace("%", ""));
      if (!field.value.trim() || !Number.isFinite(percent)) notice(`“${field.value.slice(0, 20)}” is no number.`);
      else this.#put(this.#point().map((one, at) => at === axis ? percent / 100 : one));
      field.value = (100 * this.#point()[axis]).toFixed(2);
    });
    const label = make("label", {}, make("span", {textContent: way + " %"}), field);
    return {field, label};
  }

  #point() { return pointsOf(this.output, this.shape)[this.index]; }

  #put(point) {
    const change = moving(this.output, this.shape, this.index, point);
    if (change) this.edit(change);
    else notice("There the corners would cross.");
    return true;
  }

  #more() {
    const points = pointsOf(this.output, this.shape);
    if (points.length >= MOST_POINTS) return true;
    this.#mask(this.shape + 1, withPointAfter(points, this.index), this.shape, this.index + 1);
    return true;
  }

  #less() {
    const points = pointsOf(this.output, this.shape).filter((_, at) => at !== this.index);
    if (points.length < FEWEST_POINTS) notice(`A mask has at least ${FEWEST_POINTS} points.`);
    else this.#mask(this.shape + 1, points, this.shape, Math.max(this.index - 1, 0));
    return true;
  }

  #mask(number, points, shape, index) {
    this.edit({mask: {[number]: points}});
    this.choose(shape, index);
    if (shape === CORNERS) find("output-shapes").querySelector("input").focus();
    else this.grasp(index);
  }
}
