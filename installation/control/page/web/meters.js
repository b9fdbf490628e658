// What is heard, as it is heard: level and gate, bands, onset, beat. Told to assistive technology once a second.

import {find, make, write} from "./dom.js";

const LOWEST_DB = -90;
const BARS = {level: "Level", bass: "Bass", mid: "Mid", treble: "Treble", onset: "Onset"};
const SPOKEN_EVERY_MS = 1000;

export class Meters {
  constructor() {
    this.bars = {};
    this.spokenAt = -Infinity;
    for (const [name, label] of Object.entries(BARS)) {
      const fill = make("span", {className: "fill"});
      const aria = {label, valuemin: 0, valuemax: 100, valuenow: 0};
      const bar = make("span", {className: "meter", role: "meter", aria}, fill);
      const number = make("span", {className: "reading"});
      this.bars[name] = {bar, fill, number};
      find("gauges").append(make("div", {className: "gauge " + name},
        make("span", {className: "label", textContent: label, aria: {hidden: "true"}}), bar,
        name === "level" ? number : null));
    }
    this.beat = make("span", {className: "beat", aria: {hidden: "true"}});
    this.bpm = make("span", {className: "bpm", textContent: "no beat"});
    this.gate = make("span", {className: "gate"});
    find("tempo").append(this.beat, this.bpm, this.gate);
  }

  /** Show where the gate stands on the scale of the level. */
  showGate(gateDb) { this.bars.level.bar.style.setProperty("--gate", scaleOf(gateDb)); }

  show({level_db: levelDb, gate_open: open, bpm, beat, ...shares}) {
    const level = typeof levelDb === "number" ? levelDb : null;
    const now = performance.now();
    const speak = now - this.spokenAt >= SPOKEN_EVERY_MS;
    if (speak) this.spokenAt = now;
    for (const [name, {bar, fill}] of Object.entries(this.bars)) {
      const at = name === "level" ? scaleOf(level ?? LOWEST_DB) : Math.min(Math.max(shares[name] ?? 0, 0), 1);
      fill.style.transform = `scaleX(${at.toFixed(3)})`;
      if (!speak) continue;
      bar.setAttribute("aria-valuenow", Math.round(100 * at));
      if (name === "level") bar.setAttribute("aria-valuetext", level === null ? "nothing" : level.toFixed(0) + " dB");
    }
    write(this.bars.level.number, level === null ? "—" : level.toFixed(0).replace("-", "−") + " dB");
    this.beat.style.setProperty("--beat", Math.min(Math.max(beat ?? 0, 0), 1).toFixed(2));
    write(this.bpm, bpm > 0 ? bpm.toFixed(1) + " bpm" : "no beat");
    write(this.gate, open ? "gate open" : "gate closed");
    this.gate.classList.toggle("closed", !open);
  }

  /** There is nobody to tell: rest. */
  rest() { this.show({level_db: null, gate_open: false, bpm: 0}); }
}

const scaleOf = (db) => Math.min(Math.max(1 - db / LOWEST_DB, 0), 1);
