// Cues: which is shown, which comes next and when; Go and Back, large; the playlist, and what locks both.

import {button, find, make, write} from "./dom.js";
import {makeRow} from "./rows.js";

const CUE = "/show/cue", GO = "/show/go", BACK = "/show/back";
export const OF_CUES = ["/show/playlist", "/show/lock"];
export const CUES_HAVE_A_PLACE = [CUE, GO, BACK, ...OF_CUES];

/** Return a countdown as a clock shows it: 1:05, or 1:02:05. */
export function clock(seconds) {
  const s = Math.max(0, Math.ceil(seconds)), two = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(s / 60);
  return s < 3600 ? `${minutes}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(minutes % 60)}:${two(s % 60)}`;
}

export class Cues {
  constructor(desk, learn) {
    Object.assign(this, {desk, listed: "", buttons: []});
    const rows = OF_CUES.filter((address) => desk.parameters.has(address))
      .map((address) => makeRow(desk.parameters.get(address), desk, {learn}));
    find("cue-change").replaceChildren(...rows);
    const deed = (id, label, address, className) => button(label, () => desk.tell(address), {id, className});
    find("cue-hand").replaceChildren(deed("cue-back", "Back", BACK, ""), deed("cue-go", "Go", GO, "strong"));
    this.show({});
  }

  /** Take where the cues are. */
  show({cues = [], current = "", number = 0, next = "", left_s = null, by_itself = false, at = "", look = "",
    look_left_s = null, locked = false} = {}) {
    this.#list(cues);
    this.buttons.forEach((element, place) => {
      if (place + 1 === number) element.setAttribute("aria-current", "step");
      else element.removeAttribute("aria-current");
      element.classList.toggle("next", cues[place] === next);
    });
    for (const part of ["cue-now", "cue-hand", "cue-names"]) find(part).hidden = !cues.length;
    find("no-cues").hidden = cues.length > 0;
    write(find("cue-current"), current ? `${number}  ${current}` : "No cue yet");
    write(find("cue-left"), left_s === null ? "" : clock(left_s));
    write(find("cue-next"), next ? `${by_itself ? "then" : "next"}: ${next}` : cues.length ? "nothing follows" : "");
    find("cue-go").disabled = !next;
    find("cue-back").disabled = number < 2;
    const more = [at, look && `playlist: ${look}` + (look_left_s === null ? "" : ` in ${clock(look_left_s)}`),
      locked ? "locked: nothing changes by itself" : ""];
    write(find("cue-more"), more.filter(Boolean).join(" · "));
  }

  #list(names) {
    if (names.join("\n") === this.listed) return;
    this.listed = names.join("\n");
    const go = (name, place) => button("", () => this.desk.tell(CUE, place + 1), {data: {cue: name}});
    this.buttons = names.map((name, place) => {
      const element = go(name, place);
      element.append(make("span", {className: "place", textContent: place + 1}), make("span", {textContent: name}));
      return element;
    });
    find("cue-names").replaceChildren(...this.buttons.map((element) => make("li", {}, element)));
  }
}
