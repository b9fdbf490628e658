// Dark, bright, or as the device says.

import {find, icon} from "./dom.js";
import {recall, remember} from "./remembered.js";

const NEXT = {auto: "dark", dark: "bright", bright: "auto"};
const DRAWN = {auto: "half", dark: "moon", bright: "sun"};
const WORDS = {auto: "as the device", dark: "dark", bright: "bright"};
const GROUND = {dark: "#0f1012", bright: "#f4f3f0"};

const light = matchMedia("(prefers-color-scheme: light)");
let wish = recall("theme", "auto");
if (!(wish in NEXT)) wish = "auto";

function show() {
  const theme = wish === "auto" ? (light.matches ? "bright" : "dark") : wish;
  document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="theme-color"]').content = GROUND[theme];
  const button = find("theme");
  button.replaceChildren(icon(DRAWN[wish]));
  button.setAttribute("aria-label", "Colours: " + WORDS[wish]);
  button.title = "Colours: " + WORDS[wish];
}

light.addEventListener("change", show);
find("theme").addEventListener("click", () => {
  wish = NEXT[wish];
  remember("theme", wish);
  show();
});
show();
