// What every control stands at, as this page knows it: the show's word, and what the operator's own hand says until
// the show has answered. A hand on a control is never fought.

const SEND_EVERY_MS = 33;
const SETTLE_MS = 600; // after the last own move: by then the show has said what it took

export class Desk {
  /** `send(message)` goes to the show while `isOpen()`; `refuse(words)` says why a move was not sent or not taken. */
  constructor({send, isOpen, refuse}) {
    Object.assign(this, {send, isOpen, refuse, access: "full", parameters: new Map(), values: new Map()});
    Object.assign(this, {mine: new Map(), held: new Set(), unsent: new Map(), asked: new Map(), watchers: new Map()});
    Object.assign(this, {sentAt: -SEND_EVERY_MS, timer: 0, number: 0, lastMoved: ""});
  }

  /** Take the whole table, at the first hello and again after each loss. What was not sent is forgotten. */
  begin(parameters, access) {
    this.access = access;
    this.forget();
    for (const p of parameters) {
      this.parameters.set(p.address, p);
      this.values.set(p.address, p.value);
    }
    this.#paintAll();
  }

  /** Take the table where rows have come or gone, and return the addresses of those that are no longer as they were. */
  change(parameters) {
    const now = new Map(parameters.map((p) => [p.address, p]));
    const about = ({value, ...p}) => JSON.stringify(p);
    const isSame = (p) => now.has(p.address) && about(now.get(p.address)) === about(p);
    const gone = [...this.parameters.values()].filter((p) => !isSame(p));
    for (const {address} of gone) {
      clearTimeout(this.mine.get(address)?.timer);
      for (const kept of [this.parameters, this.values, this.mine, this.unsent, this.asked, this.watchers, this.held]) {
        kept.delete(address);
      }
    }
    for (const p of parameters) {
      this.parameters.set(p.address, p);
      if (!this.values.has(p.address)) this.values.set(p.address, p.value);
    }
    return gone.map(({address}) => address);
  }

  /** Drop what was moved and not answered. */
  forget() {
    for (const own of this.mine.values()) clearTimeout(own.timer);
    this.mine.clear();
    this.unsent.clear();
    this.asked.clear();
    clearTimeout(this.timer);
    this.timer = 0;
    this.#paintAll();
  }

  /** Take what the show says has changed. */
  take(values) {
    for (const [address, value] of Object.entries(values)) {
      this.values.set(address, value);
      const own = this.mine.get(address);
      if (own && own.value === value && !this.held.has(address)) this.mine.delete(address);
      if (!this.mine.has(address)) this.#paint(address);
    }
  }

  /** Return what a control stands at: what the hand says, else the show. */
  get(address) {
    return this.mine.has(address) ? this.mine.get(address).value : this.values.get(address);
  }

  /** Call `paint(value)` now and whenever the value changes. Returns what ends it. */
  watch(address, paint) {
    if (!this.watchers.has(address)) this.watchers.set(address, new Set());
    this.watchers.get(address).add(paint);
    if (this.values.has(address)) paint(this.get(address));
    return () => this.watchers.get(address)?.delete(paint);
  }

  /** Move a control. Several moves within a moment are one: the newest. */
  set(address, value) {
    if (!this.#may(address)) return;
    this.lastMoved = address;
    const own = this.mine.get(address) ?? {};
    clearTimeout(own.timer);
    this.mine.set(address, {value, timer: setTimeout(() => this.#settle(address), SETTLE_MS)});
    this.#paint(address);
    this.unsent.set(address, value);
    const waitMs = this.sentAt + SEND_EVERY_MS - performance.now();
    if (waitMs <= 0) this.#flush(); // at once, and not from a timer: a browser puts those off while a finger moves
    else if (!this.timer) this.timer = setTimeout(() => this.#flush(), waitMs);
  }

  /** Do something once: a tap, a save. Never joined with another, never shown as a value. */
  tell(address, value = true) {
    if (!this.#may(address)) return;
    this.#flush(); // what was moved before it counts for it: a save saves that
    this.#send(address, value);
  }

  /** A hand is on the control until `release`: what others do to it waits. */
  hold(address) { this.held.add(address); }

  release(address) {
    this.held.delete(address);
    if (!this.mine.has(address)) this.#paint(address);
  }

  /** The show has refused a move: back to what it stands at. */
  refused({id, address, error}) {
    const own = this.mine.get(address);
    if (own && this.asked.get(address) === id) {
      clearTimeout(own.timer);
      this.mine.delete(address);
      this.#paint(address);
    }
    this.refuse(error);
  }

  #may(address) {
    if (this.access !== "full") this.refuse("This is a view: nothing can be moved from here.");
    else if (!this.isOpen()) this.refuse("Not sent: there is no connection.");
    else return true;
    this.#paint(address);
    return false;
  }

  #flush() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.sentAt = performance.now();
    for (const [address, value] of this.unsent) this.#send(address, value);
    this.unsent.clear();
  }

  #send(address, value) {
    this.asked.set(address, ++this.number);
    this.send({type: "set", id: this.number, address, value});
  }

  #settle(address) {
    if (this.held.has(address) && this.mine.has(address)) {
      this.mine.get(address).timer = setTimeout(() => this.#settle(address), SETTLE_MS);
      return;
    }
    this.mine.delete(address);
    this.#paint(address);
  }

  #paint(address) {
    if (this.values.has(address)) this.watchers.get(address)?.forEach((paint) => paint(this.get(address)));
  }

  #paintAll() { for (const address of this.watchers.keys()) this.#paint(address); }
}
