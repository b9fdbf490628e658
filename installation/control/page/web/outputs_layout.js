// The outputs as this page knows them: the show's word, and what the operator's own hand says until the show has
// answered; at most thirty messages a second; back by one step. Points are [x, y].
//
// A change holds fields of an output as the show lists them, and of what has parts only some: `corner` {"2": point},
// `mask` {"1": points, or null for none}, `blend` {left: …}.

const SEND_EVERY_MS = 34;
const SETTLE_MS = 600; // after the last own move: by then the show has said what it took
const MOST_STEPS = 50;
const PARTS = ["corner", "mask", "blend"];

/** Return an output with a change. */
export function applied(output, {corner = {}, mask = {}, blend = {}, ...fields}) {
  const {corners, masks} = {...output, ...fields};
  const placed = [...masks];
  for (const [number, points] of Object.entries(mask)) placed[number - 1] = points;
  return {
    ...output, ...fields,
    corners: corners.map((point, index) => corner[index + 1] ?? point),
    masks: placed.filter(Boolean),
    blend: {...output.blend, ...blend},
  };
}

/** Return the one change that two in a row are. */
export function joined(before, after) {
  const both = {...before, ...after};
  for (const part of PARTS) if (before[part] && after[part]) both[part] = {...before[part], ...after[part]};
  if (after.corners) both.corner = after.corner ?? {};
  if (after.masks) both.mask = after.mask ?? {};
  return both;
}

/** Return the change that takes back what `change` does to `output`. */
export function inverse(output, change) {
  const back = {};
  for (const [field, said] of Object.entries(change)) {
    if (field === "corner") back.corner = pick(said, (number) => output.corners[number - 1]);
    else if (field === "blend") back.blend = pick(said, (side) => output.blend[side]);
    else if (field === "mask") back.masks = output.masks; // one that came or went moves the numbers of the others
    else back[field] = output[field];
  }
  return back;
}

const pick = (said, value) => Object.fromEntries(Object.keys(said).map((key) => [key, value(key)]));

export class Layout {
  /**
   * `send(message)` goes to the show while `isOpen()`, `ask(method, name, body)` over HTTP; `refuse(words)` says why a
   * move was not sent or not taken; `changed()` is called whenever something is to be painted again.
   */
  constructor({send, ask, isOpen, mayMove, refuse, changed}) {
    Object.assign(this, {send, ask, isOpen, mayMove, refuse, changed, outputs: [], monitors: [], steps: []});
    Object.assign(this, {mine: new Map(), unsent: new Map(), asked: new Map(), holding: 0, number: 0});
    Object.assign(this, {sentAt: -SEND_EVERY_MS, timer: 0});
  }

  get names() { return this.outputs.map(({name}) => name); }

  /** Return an output as it stands: what the hand says, else the show; undefined where there is none of that name. */
  get(name) {
    const output = this.outputs.find((one) => one.name === name), own = this.mine.get(name);
    return output && own ? applied(output, own.change) : output;
  }

  /** Take what the show says that there is. */
  take({outputs, monitors}) {
    this.outputs = outputs;
    this.monitors = monitors ?? [];
    for (const name of [...this.mine.keys()]) if (!this.names.includes(name)) this.#drop(name);
    this.changed();
  }

  /** Drop what was moved and not answered: the connection went. */
  forget() {
    for (const name of [...this.mine.keys()]) this.#drop(name);
    this.unsent.clear();
    this.changed();
  }

  /** Change an output. What follows under the same `label` is one step with it. Several within a moment go together. */
  edit(name, change, label) {
    const output = this.get(name);
    if (!output || !this.#may()) return;
    this.#note({name, back: inverse(output, change), label});
    this.#move(name, change);
  }

  /** A hand is on something until `release`: what others do to it waits. */
  hold() { this.holding += 1; }

  release() {
    this.holding = Math.max(this.holding - 1, 0);
    for (const name of this.mine.keys()) this.#settleLater(name);
  }

  /** Do something as a whole, by `work`, which returns what takes it back. */
  async tell(work) {
    if (!this.#may()) return;
    this.#flush();
    const undo = await work();
    if (undo) this.#push({undo});
  }

  get canUndo() { return this.steps.length > 0; }

  /** Take the last step back. */
  undo() {
    if (!this.#may()) return;
    const step = this.steps.pop();
    if (!step) return;
    if (step.undo) step.undo();
    else if (this.get(step.name)) this.#move(step.name, step.back);
    else this.refuse(`There is no output ${step.name} any more.`);
    this.changed();
  }

  /** The show has refused a move: back to what it stands at. */
  refused({id, address, error}) {
    const name = address.split("/")[2];
    if (this.asked.get(name) === id) this.#drop(name);
    this.changed();
    this.refuse(error);
  }

  #may() {
    if (!this.mayMove()) this.refuse("This is a view: nothing can be moved from here.");
    else if (!this.isOpen()) this.refuse("Not sent: there is no connection.");
    else return true;
    this.changed();
    return false;
  }

  #note({name, back, label}) {
    const last = this.steps.at(-1);
    if (last && last.label === label && last.name === name) last.back = joined(back, last.back);
    else this.#push({name, back, label});
  }

  #push(step) { this.steps = [...this.steps, step].slice(-MOST_STEPS); }

  #move(name, change) {
    const own = this.mine.get(name) ?? {change: {}}, {mask, ...rest} = change;
    // Held against what the show says meanwhile: there a mask that went must not go once more, under its number.
    const lasting = mask ? {...rest, masks: applied(this.get(name), change).masks} : rest;
    this.mine.set(name, {...own, change: joined(own.change, lasting)});
    this.#settleLater(name);
    this.unsent.set(name, joined(this.unsent.get(name) ?? {}, change));
    this.changed();
    const waitMs = this.sentAt + SEND_EVERY_MS - performance.now();
    if (waitMs <= 0) this.#flush(); // at once, and not from a timer: a browser puts those off while a finger moves
    else if (!this.timer) this.timer = setTimeout(() => this.#flush(), waitMs);
  }

  #flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.unsent.size) return;
    this.sentAt = performance.now();
    for (const [name, change] of this.unsent) {
      this.asked.set(name, ++this.number);
      if (change.masks) this.ask("PATCH", name, change); // too long for the socket
      else this.send({type: "output", id: this.number, name, change});
    }
    this.unsent.clear();
  }

  #settleLater(name) {
    const own = this.mine.get(name);
    clearTimeout(own.timer);
    if (!this.holding) own.timer = setTimeout(() => { this.#drop(name); this.changed(); }, SETTLE_MS);
  }

  #drop(name) {
    clearTimeout(this.mine.get(name)?.timer);
    this.mine.delete(name);
    this.unsent.delete(name);
  }
}
