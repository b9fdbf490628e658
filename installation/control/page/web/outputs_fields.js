// What an output has beside corners and masks, as rows like those of the controls: part of the picture, way round,
// edges that fade, delay.

import {makeRow} from "./rows.js";

const PERCENT = {kind: "float", unit: "%", scaling: "linear", low: 0, high: 100};
const LEAST_PART = 0.01;
const SIDES = ["left", "top", "right", "bottom"];

const share = (percent) => Number((percent / 100).toFixed(5));

function partRow(side, index) {
  const most = 1 - LEAST_PART, opposite = (index + 2) % 4;
  const held = (value, part) => index < 2 ? Math.min(value, part[opposite] - LEAST_PART, most)
    : Math.max(value, part[opposite] + LEAST_PART, LEAST_PART);
  return {
    row: {...PERCENT, address: `/output/part/${side}`, default: index < 2 ? 0 : 100,
      description: `Where the part of the picture that lies here ends on the ${side}.`},
    read: ({part}) => 100 * part[index],
    write: (value, {part}) => {
      const end = share(100 * held(share(value), part));
      return {part: part.map((one, at) => at === index ? end : one)};
    },
  };
}

const blendRow = (side) => ({
  row: {...PERCENT, high: 50, address: `/output/blend/${side}`, default: 0,
    description: `How far it fades on the ${side}, where another output goes on.`},
  read: ({blend}) => 100 * blend[side],
  write: (value) => ({blend: {[side]: share(value)}}),
});

const choice = (field, choices, description, read = String, write = (value) => value) => ({
  row: {kind: "choice", address: `/output/${field}`, choices, default: choices[0], unit: "", description},
  read: (output) => read(output[field]),
  write: (value) => ({[field]: write(value)}),
});

const FIELDS = [
  ...SIDES.map(partRow),
  choice("fit", ["cover", "contain", "stretch"],
    "The whole picture on a monitor of another shape: cut off, between bars, or stretched. A part lies edge to edge."),
  choice("flip", ["none", "horizontal", "vertical", "both"], "Mirrored, as for projection from behind."),
  choice("rotate", ["0°", "90°", "180°", "270°"], "Turned clockwise, after it is flipped.",
    (degrees) => degrees + "°", parseFloat),
  ...SIDES.map(blendRow),
  {
    row: {kind: "float", address: "/output/blend/gamma", low: 1, high: 4, default: 2.2, unit: "", scaling: "linear",
      description: "The projectors' own, so that two fades that overlap add up."},
    read: ({blend}) => blend.gamma,
    write: (gamma) => ({blend: {gamma: Number(gamma.toFixed(3))}}),
  },
  {
    row: {kind: "int", address: "/output/delay", low: 0, high: 30, default: 0, unit: "frames", scaling: "linear",
      description: "So many pictures late, for a projector that is quicker than its neighbour."},
    read: ({delay_frames: frames}) => frames,
    write: (frames) => ({delay_frames: frames}),
  },
];

/** The fields of one output at a time behind the face that rows know of the desk. */
export class Fields {
  /** `chosen()` is the name of the output that is meant. */
  constructor(layout, chosen) {
    Object.assign(this, {layout, chosen, watchers: new Map(), label: "", times: 0});
    this.fields = new Map(FIELDS.map((field) => [field.row.address, field]));
  }

  /** Return a row for each field. */
  rows() {
    return FIELDS.map(({row}) => makeRow(row, this, {label: row.address.split("/").slice(2).join(", ")}));
  }

  get output() { return this.layout.get(this.chosen()); }

  get(address) {
    const {row, read} = this.fields.get(address);
    return this.output ? read(this.output) : row.default;
  }

  set(address, value) {
    if (!this.output) return;
    const label = this.label === address ? address + this.times : {}; // one that nothing else has
    this.layout.edit(this.chosen(), this.fields.get(address).write(value, this.output), label);
  }

  watch(address, paint) {
    this.watchers.set(address, [...(this.watchers.get(address) ?? []), paint]);
    paint(this.get(address));
  }

  hold(address) {
    this.label = address;
    this.times += 1;
    this.layout.hold();
  }

  release() {
    this.label = "";
    this.layout.release();
  }

  /** Show how everything stands. */
  paint() {
    for (const [address, paints] of this.watchers) paints.forEach((paint) => paint(this.get(address)));
  }
}
