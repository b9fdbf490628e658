// How the show is: one word in the head of the page, the reasons below the picture, the rest where it is looked for.

import {find, make, write} from "./dom.js";
import {factsOf} from "./facts.js";
import {lasted} from "./values.js";

const WORDS = {ok: "well", degraded: "degraded", failed: "failed"};

export function showCondition(condition, words = WORDS[condition] ?? condition) {
  const place = find("condition");
  place.dataset.condition = condition;
  write(place, words);
}

const sinceWhen = new Map();

/** The clock's time at which a part fell ill; fixed once it is said, or its line would be torn from under a reader. */
function sinceOf(part, seconds) {
  if (seconds === undefined) return "";
  if (!sinceWhen.has(part)) {
    const at = new Date(Date.now() - seconds * 1000);
    sinceWhen.set(part, at.toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"}));
  }
  return `, since ${sinceWhen.get(part)}`;
}

export function showReasons(reasons, lasting = {}) {
  for (const part of [...sinceWhen.keys()]) if (!(part in reasons)) sinceWhen.delete(part);
  const lines = Object.entries(reasons).map(([part, words]) => `${part}: ${words}${sinceOf(part, lasting[part])}`);
  const place = find("reasons");
  place.hidden = !lines.length;
  if (place.dataset.said === lines.join("\n")) return;
  place.dataset.said = lines.join("\n");
  place.replaceChildren(...lines.map((line) => make("li", {textContent: line})));
}

export function showStatus(status, page) {
  showCondition(status.condition ?? "ok");
  showReasons(status.reasons ?? {}, status.reasons_s);
  showFacts(factsOf(status, page));
  const heard = status.slow_path?.heard;
  showLikeliest(heard && heard.doing !== "remembering" ? heard.likeliest : []); // in silence a name means nothing
  const everything = find("everything");
  if (everything.parentElement.open) write(everything, JSON.stringify(status, null, 2));
}

const groups = new Map();

/** Write each fact where it stands: rebuilding the list would tear the words from under a reader. */
function showFacts(facts) {
  for (const [title, pairs] of facts) {
    if (!groups.has(title)) {
      const list = make("dl");
      const group = make("div", {className: "fact"}, make("h3", {textContent: title}), list);
      groups.set(title, {group, list, places: new Map()});
      find("facts").append(group);
    }
    const {list, places} = groups.get(title);
    const names = new Set(pairs.map(([name]) => name));
    for (const [name, {pair}] of places) pair.hidden = !names.has(name);
    for (const [name, words] of pairs) {
      if (!places.has(name)) {
        const said = make("dd");
        const pair = make("div", {}, make("dt", {textContent: name}), said);
        places.set(name, {pair, said});
        list.append(pair);
      }
      write(places.get(name).said, words);
    }
  }
}

/** Which scenes what is heard lies nearest to, and how plainly each is there: why it paints what it paints. */
function showLikeliest(names) {
  const sound = groups.get("Sound")?.group;
  if (!sound) return;
  let place = find("likeliest");
  if (!place) {
    place = make("ol", {id: "likeliest", aria: {label: "The likeliest names of what is heard"}});
    sound.append(place);
  }
  place.hidden = !names?.length;
  while (place.childElementCount > (names?.length ?? 0)) place.lastChild.remove();
  (names ?? []).forEach(({name, presence}, index) => {
    const line = place.children[index] ?? place.appendChild(make("li", {}, make("span", {className: "likely"}),
      make("span", {className: "share", aria: {hidden: "true"}}, make("span")), make("span", {className: "reading"})));
    const [words, share, number] = line.children;
    write(words, name.replaceAll("_", " "));
    share.firstChild.style.transform = `scaleX(${presence})`;
    write(number, presence.toFixed(2));
  });
}

let events = [], eventsAt = 0;

/** Take what has happened, newest last; `since_s_ago` counts on from here. */
export function takeEvents(list) {
  events = list;
  eventsAt = performance.now();
  showEvents();
}

export function showEvents() {
  const later = (performance.now() - eventsAt) / 1000;
  const place = find("events");
  const ordered = [...events].sort((a, b) => a.over - b.over || a.since_s_ago - b.since_s_ago);
  const lines = ordered.map((event) => ({
    ...event,
    when: `${event.over ? "" : "since "}${lasted(event.since_s_ago + later)}${event.over ? " ago" : ""}`
      + (event.times > 1 ? `, ${event.times} times` : "")
      + (event.earlier ? ", in an earlier run" : event.over ? ", over" : ""),
  }));
  if (!lines.length) lines.push({what: "Nothing so far.", when: "", done: "", over: true});
  while (place.childElementCount > lines.length) place.lastChild.remove();
  lines.forEach(({what, when, done, over}, index) => {
    const line = place.children[index] ?? place.appendChild(make("li", {}, make("span", {className: "what"}),
      make("span", {className: "when"}), make("span", {className: "done"})));
    line.classList.toggle("over", over);
    [what, when, done ?? ""].forEach((words, at) => write(line.children[at], words));
  });
}
