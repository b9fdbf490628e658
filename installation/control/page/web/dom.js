// Elements, made and found. Text is always text: nothing that a show says is ever read as HTML.

export const find = (id) => document.getElementById(id);

/** Return a new element; `aria` and `data` are attributes of those families, all else are properties. */
export function make(tag, {aria = {}, data = {}, role, ...properties} = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(aria)) element.setAttribute("aria-" + name, value);
  Object.assign(element.dataset, data);
  if (role) element.setAttribute("role", role);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Return a push button. */
export function button(text, pressed, properties = {}) {
  const element = make("button", {type: "button", textContent: text, ...properties});
  element.addEventListener("click", pressed);
  return element;
}

/** Set a text only where it differs: what does not change is neither laid out nor announced again. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const NOTICE_MS = 6000;
let noticeTimer = 0;

/** Say one line at the foot of the page, for some seconds. */
export function notice(text) {
  const place = find("notice");
  write(place, text);
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { place.textContent = ""; }, NOTICE_MS);
}

const TWICE_MS = 320;

/** Call `twice` for two taps or clicks in a row; `once` for a single one, when it is sure to be one. */
export function onTaps(element, twice, once) {
  let first = 0;
  element.addEventListener("click", (event) => {
    if (event.detail === 0) { once?.(); return; } // from a key or a screen reader: never half of two
    if (first) { clearTimeout(first); first = 0; twice(); return; }
    first = setTimeout(() => { first = 0; once?.(); }, TWICE_MS);
  });
}

const DRAWN = {
  star: "M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z",
  reset: "M5 5v5h5M5.6 14.5a7 7 0 1 0 .9-7.3L5 10",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 3v1.6M12 19.4V21M3 12h1.6M19.4 12H21"
    + "M5.6 5.6l1.2 1.2M17.2 17.2l1.2 1.2M18.4 5.6l-1.2 1.2M6.8 17.2l-1.2 1.2",
  moon: "M19.5 14.6A8 8 0 0 1 9.4 4.5a8 8 0 1 0 10.1 10.1z",
  half: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 4v16M12 8h6.5M12 12h8M12 16h6.5",
};

/** Return a small drawing beside which a name must stand. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", DRAWN[name]);
  svg.append(path);
  return svg;
}
