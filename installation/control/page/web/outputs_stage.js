// An output as a drawing: the picture on it or a grid, its masks, and handles for a mouse, a finger or the keys.

import {make} from "./dom.js";
import {bulges, gridOf, held, seenPart, through, toQuad, transformOf, viewOf, WHOLE} from "./outputs_geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const COARSE = 20; // pixels, as the keys of the show's own window
const KEYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
const KEYS_AGAIN_MS = 1500; // so long after a key the next one belongs to the same step
const PICTURE_PX = 480;
export const CORNERS = "corners";
export const CORNER_NAMES = ["top left", "top right", "bottom right", "bottom left"];
const LIMITS = {corners: [-0.5, 1.5], mask: [0, 1]};

/** Return the points of what is edited: the corners, or the mask of a number from 0. */
export const pointsOf = (output, shape) => shape === CORNERS ? output.corners : output.masks[shape] ?? [];

/** Return the change that puts one point of it elsewhere; null where that cannot be looked through, or is none. */
export function moving(output, shape, index, point) {
  const points = pointsOf(output, shape), place = held(point, ...(shape === CORNERS ? LIMITS.corners : LIMITS.mask));
  if (index >= points.length) return null;
  const moved = points.map((one, at) => at === index ? place : one);
  if (shape !== CORNERS) return {mask: {[shape + 1]: moved}};
  return bulges(moved) ? {corner: {[index + 1]: place}} : null;
}

export class Stage {
  /**
   * `edit(change, label)` moves things, `hold()` and `release()` say that a hand is on one, `choose(index)` which point
   * is meant; `otherKey(key)` returns whether a key that moves nothing did something.
   */
  constructor(place, {edit, hold, release, choose, otherKey}) {
    Object.assign(this, {place, edit, hold, release, choose, otherKey, handles: [], grip: null, view: null});
    Object.assign(this, {output: null, shape: CORNERS, label: 0, keyAt: -KEYS_AGAIN_MS, live: true, size: [16, 9]});
    this.picture = make("canvas", {className: "on-output", width: PICTURE_PX, height: 1, aria: {hidden: "true"}});
    this.drawing = document.createElementNS(SVG, "svg");
    const about = {viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": true};
    for (const [name, value] of Object.entries(about)) this.drawing.setAttribute(name, value);
    this.points = make("div", {role: "group", className: "points"});
    this.frame = make("div", {className: "frame"}, this.picture, this.drawing, this.points);
    place.replaceChildren(this.frame);
    new ResizeObserver(() => this.#paintPicture()).observe(this.frame);
  }

  /** Show an output of `size` px, with handles on its corners or on the mask of a number. */
  show(output, shape, size) {
    const other = this.output?.name !== output.name || this.shape !== shape;
    if (other && this.grip) this.#drop(); // somebody took away what the hand was on
    Object.assign(this, {output, shape, size});
    if (!this.grip || other) this.#look(viewOf([...output.corners, ...pointsOf(output, shape)]));
    this.map = toQuad(output.corners);
    this.#paintDrawing();
    this.#paintPicture();
    this.#paintHandles();
  }

  /** Show the live picture on it, or a grid. */
  setLive(live) {
    this.live = live;
    if (this.output) this.show(this.output, this.shape, this.size);
  }

  /** Take what is on the wall, as a canvas. */
  take(screen) {
    if (!this.output || !this.live || !this.place.offsetParent) return;
    const {flip, rotate} = this.output, {width: w, height: h} = screen;
    const [left, top, right, bottom] = seenPart(this.output, this.size, [w, h]);
    const height = Math.max(Math.round(PICTURE_PX * this.size[1] / this.size[0]), 1);
    if (this.picture.height !== height) this.picture.height = height;
    const context = this.picture.getContext("2d");
    context.setTransform(PICTURE_PX, 0, 0, height, 0, 0);
    context.clearRect(0, 0, 1, 1); // there may be bars
    context.translate(0.5, 0.5);
    context.rotate(rotate * Math.PI / 180);
    context.scale(/horizontal|both/.test(flip) ? -1 : 1, /vertical|both/.test(flip) ? -1 : 1);
    context.drawImage(screen, left * w, top * h, (right - left) * w, (bottom - top) * h, -0.5, -0.5, 1, 1);
    if (this.seen) return;
    this.seen = true;
    this.show(this.output, this.shape, this.size); // without the grid
  }

  /** Put the hand on a point. */
  focus(index) { this.handles[index]?.focus({preventScroll: true}); }

  #look(view) {
    this.view = view;
    const percent = (value) => `${100 * value}%`;
    Object.assign(this.frame.style, {
      left: percent(-view.left / view.width), top: percent(-view.top / view.height),
      width: percent(1 / view.width), height: percent(1 / view.height),
    });
    this.place.style.aspectRatio = `${this.size[0] * view.width} / ${this.size[1] * view.height}`;
  }

  #paintPicture() {
    const shown = this.live && this.seen && this.map;
    this.picture.hidden = !shown;
    const {clientWidth, clientHeight} = this.frame;
    if (shown) this.picture.style.transform = transformOf(this.map, [clientWidth, clientHeight]);
  }

  #paintDrawing() {
    const {output, shape} = this, parts = [];
    const lines = this.map && !(this.live && this.seen) ? gridOf(this.map, 16, 9) : [];
    parts.push(path("grid", lines.map(([from, to]) => `M${from}L${to}`).join("")));
    output.masks.forEach((points, index) => {
      parts.push(path(index === shape ? "mask chosen" : "mask", outline(points)));
    });
    const faded = this.map ? zones(output.blend) : [];
    parts.push(path("blend", faded.map((zone) => outline(zone.map((point) => through(this.map, point)))).join("")));
    parts.push(path("edge", outline(WHOLE)));
    parts.push(path(shape === CORNERS ? "quad chosen" : "quad", outline(output.corners)));
    this.drawing.replaceChildren(...parts);
  }

  #paintHandles() {
    const {output, shape} = this, points = pointsOf(output, shape);
    const what = shape === CORNERS ? "Corners" : `Points of mask ${shape + 1}`;
    this.points.setAttribute("aria-label", `${what} of ${output.name}`);
    while (this.handles.length > points.length) this.handles.pop().remove();
    while (this.handles.length < points.length) this.#addHandle(this.handles.length);
    points.forEach(([x, y], index) => {
      const handle = this.handles[index];
      Object.assign(handle.style, {left: `${100 * x}%`, top: `${100 * y}%`});
      const name = shape === CORNERS ? CORNER_NAMES[index] + " corner" : `point ${index + 1}`;
      handle.setAttribute("aria-label", `${name}, across ${percent(x)}, down ${percent(y)}`);
    });
  }

  #addHandle(index) {
    const handle = make("button", {type: "button", className: "handle", data: {point: index + 1}});
    handle.setAttribute("aria-describedby", "output-keys");
    handle.addEventListener("focus", () => { this.keyAt = -KEYS_AGAIN_MS; this.choose(index); });
    handle.addEventListener("keydown", (event) => this.#key(event, index));
    handle.addEventListener("pointerdown", (event) => this.#grip(event, index));
    handle.addEventListener("pointermove", (event) => this.#drag(event));
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
      handle.addEventListener(kind, (event) => this.#letGo(event));
    }
    this.handles.push(handle);
    this.points.append(handle);
  }

  #grip(event, index) {
    if (event.button !== 0 || this.grip) return;
    event.preventDefault();
    const handle = this.handles[index], from = [event.clientX, event.clientY];
    handle.setPointerCapture(event.pointerId);
    handle.focus({preventScroll: true});
    handle.classList.add("held");
    const point = pointsOf(this.output, this.shape)[index];
    this.grip = {id: event.pointerId, index, from, point, label: ++this.label};
    this.hold();
  }

  #drag(event) {
    if (event.pointerId !== this.grip?.id) return;
    // By how far the hand has gone, not where it is: a notice that comes above pushes the page, and moves no corner.
    const {index, from, point: [x, y], label} = this.grip, {width, height} = this.frame.getBoundingClientRect();
    this.#move(index, [x + (event.clientX - from[0]) / width, y + (event.clientY - from[1]) / height], label);
  }

  #letGo(event) {
    if (event.pointerId !== this.grip?.id) return;
    this.#drop();
    this.show(this.output, this.shape, this.size);
  }

  #drop() {
    this.handles[this.grip.index]?.classList.remove("held");
    this.grip = null;
    this.release();
  }

  #key(event, index) {
    const way = KEYS[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (!way && !this.otherKey(event.key)) return;
    event.preventDefault();
    if (!way) return;
    const now = performance.now(), pixels = event.shiftKey ? COARSE : 1;
    if (now - this.keyAt > KEYS_AGAIN_MS) this.label += 1;
    this.keyAt = now;
    const [x, y] = pointsOf(this.output, this.shape)[index];
    this.#move(index, [x + way[0] * pixels / this.size[0], y + way[1] * pixels / this.size[1]], this.label);
  }

  #move(index, point, label) {
    const change = moving(this.output, this.shape, index, point);
    if (change) this.edit(change, label);
  }
}

export const percent = (value) => `${(100 * value).toFixed(1)}`.replace("-", "−") + "\u00a0%";

const outline = (points) => points.length ? `M${points.join("L")}z` : "";

function path(className, d) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("class", className);
  element.setAttribute("d", d);
  return element;
}

/** Return where the picture fades towards its sides, as polygons of it. */
function zones({left, right, top, bottom}) {
  return [[0, 0, left, 1], [1 - right, 0, right, 1], [0, 0, 1, top], [0, 1 - bottom, 1, bottom]]
    .filter(([, , width, height]) => width > 0 && height > 0)
    .map(([x, y, width, height]) => WHOLE.map(([u, v]) => [x + u * width, y + v * height]));
}
