// The picture as it is on the wall: asked for only while somebody sees it, and less often over a slow link.

import {find, write} from "./dom.js";

const RATES = [8, 4, 2, 1]; // pictures a second
const SLOW_MS = 400, QUICK_MS = 150; // there and back
const SLOW_TIMES = 2, QUICK_TIMES = 8; // so often in a row before it goes down, and up again

export class Picture {
  constructor(send) {
    Object.assign(this, {send, at: 0, asked: -1, slow: 0, quick: 0, next: null, drawing: false});
    if (navigator.connection?.saveData) this.at = 2;
    Object.assign(this, {inView: new Set(), drawn: []});
    this.seen = new IntersectionObserver((changes) => {
      for (const {target, isIntersecting} of changes) this.inView[isIntersecting ? "add" : "delete"](target);
      this.ask();
    });
    this.seen.observe(find("screen").parentElement);
    document.addEventListener("visibilitychange", () => this.ask());
  }

  /** Show it in another `place`, too: `draw(canvas)` gets each picture, and they are asked for while that is seen. */
  alsoIn(place, draw) {
    this.drawn.push(draw);
    this.seen.observe(place);
  }

  /** Ask for as many pictures as make sense now, if that has changed; `anew` after a reconnect. */
  ask(anew = false) {
    const fps = document.hidden || !this.inView.size ? 0 : RATES[this.at];
    if (fps === this.asked && !anew) return;
    this.asked = this.send({type: "picture", fps}) ? fps : -1;
    const rate = find("rate");
    rate.hidden = this.at === 0;
    write(rate, `slow connection: ${RATES[this.at]} a second`);
  }

  /** Follow how long a word takes there and back: pictures stand in the same line as values. */
  follow(roundTripMs) {
    this.quick = roundTripMs < QUICK_MS ? this.quick + 1 : 0;
    this.slow = roundTripMs > SLOW_MS ? this.slow + 1 : 0;
    if (this.slow >= SLOW_TIMES && this.at < RATES.length - 1) { this.at += 1; this.slow = 0; }
    else if (this.quick >= QUICK_TIMES && this.at > 0) { this.at -= 1; this.quick = 0; }
    this.ask();
  }

  /** Draw a picture; while one is being decoded only the newest waits. */
  async take(jpeg) {
    this.next = jpeg;
    if (this.drawing) return;
    this.drawing = true;
    while (this.next) {
      const blob = this.next;
      this.next = null;
      try { this.#draw(await createImageBitmap(blob)); } catch { /* a broken picture: the next one comes */ }
    }
    this.drawing = false;
  }

  #draw(bitmap) {
    const screen = find("screen");
    if (screen.width !== bitmap.width || screen.height !== bitmap.height) {
      Object.assign(screen, {width: bitmap.width, height: bitmap.height});
      screen.parentElement.style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
    }
    screen.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    this.drawn.forEach((draw) => draw(screen));
    screen.hidden = false;
    find("no-picture").hidden = true;
  }
}
