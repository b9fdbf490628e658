// The operator page: wires the connection to what shows and moves. All that is shown comes from the show's own table.

import "./theme.js";
import {buildAccess} from "./access.js";
import {CUES_HAVE_A_PLACE, Cues} from "./cues.js";
import {Desk} from "./desk.js";
import {button, find, make, notice} from "./dom.js";
import {AT_HAND, buildHand} from "./hand.js";
import {Learn} from "./learn.js";
import {Link, VIEW} from "./link.js";
import {buildList} from "./list.js";
import {Meters} from "./meters.js";
import {Outputs, OUTPUTS_HAVE_A_PLACE} from "./outputs.js";
import {Picture} from "./picture.js";
import {HAVE_A_PLACE, OF_PRESETS, Presets} from "./presets.js";
import {showCondition, showEvents, showStatus, takeEvents} from "./status.js";
import {isOfShader} from "./values.js";

const GATE = "/audio/gate";

const meters = new Meters();
const link = new Link({hear, see: (jpeg) => picture.take(jpeg), change: showLink});
const desk = new Desk({send: (message) => link.send(message), isOpen: () => link.isOpen, refuse: notice});
const learn = new Learn(desk);
const picture = new Picture((message) => link.send(message));
let presets = null, cues = null, outputs = null, built = "", program = "", showShaders = null;

function hear(message) {
  switch (message.type) {
    case "hello": greet(message); break;
    case "parameters": changeTable(message.parameters); break;
    case "values": desk.take(message.values); break;
    case "meters": meters.show(message); break;
    case "status":
      showStatus(message.status, {roundTripMs: link.roundTripMs, program});
      learn.show(message.status.controls?.midi);
      cues?.show(message.status.cues);
      outputs?.show(message.status.controls?.outputs);
      presets?.show(Object.values(message.status.controls ?? {}).find((surface) => "draft" in surface));
      showEvents();
      break;
    case "events": takeEvents(message.events); break;
    case "outputs": outputs?.take(message); break;
    case "presets": presets?.list(message.presets); break;
    case "refused": (message.address?.startsWith("/output/") ? outputs : desk)?.refused(message); break;
    case "pong": picture.follow(link.roundTripMs); break;
  }
}

function greet({parameters, access, token, deeds, presets: named, models, product}) {
  program = product ?? "";
  const table = parameters.filter((p) => !isOfShader(p)).map((p) => p.address).join();
  if (built && table !== built) { location.reload(); return; } // another version of the show answers
  const gone = built ? desk.change(parameters) : [];
  desk.begin(parameters, access);
  if (!built) {
    built = table;
    build(parameters.filter((p) => !isOfShader(p)), new Set(deeds ?? []));
    if (token) buildAccess();
  }
  showShaders(parameters.filter(isOfShader), gone);
  presets.list(named ?? []);
  presets.listModels(models ?? []);
  document.documentElement.dataset.access = access;
  document.querySelectorAll("[data-moves]").forEach((part) => { part.disabled = access !== "full"; });
  picture.ask(true);
}

/** Shaders have come or gone, and their inputs with them. */
function changeTable(parameters) {
  const gone = desk.change(parameters);
  showShaders?.(parameters.filter(isOfShader), gone);
}

function build(parameters, deeds) {
  buildHand(desk);
  presets = new Presets(desk, learn);
  cues = new Cues(desk, learn);
  outputs = new Outputs({link, desk, picture});
  const hidden = new Set([
    ...AT_HAND, ...OF_PRESETS, ...HAVE_A_PLACE, ...CUES_HAVE_A_PLACE, ...OUTPUTS_HAVE_A_PLACE,
  ]);
  // A deed that this page knows no place for would otherwise be out of reach.
  const listed = parameters.filter((p) => !hidden.has(p.address));
  const atHand = parameters.filter((p) => AT_HAND.includes(p.address) || p.address === "/show/ab"
    || (deeds.has(p.address) && p.kind === "trigger" && [...HAVE_A_PLACE, ...CUES_HAVE_A_PLACE].includes(p.address)));
  showShaders = buildList(listed, atHand, desk, learn);
  learn.begin();
  desk.watch(GATE, (db) => meters.showGate(db));
}

function showLink(state, words, retryAt) {
  document.documentElement.dataset.link = state;
  const lost = find("lost");
  lost.hidden = state !== "lost";
  if (state === "open") {
    lost.replaceChildren();
    find("token").close();
    return;
  }
  desk.forget();
  outputs?.forget();
  meters.rest();
  showCondition("failed", "no answer");
  if (state === "token") { find("token").showModal(); return; }
  if (lost.childElementCount) return; // said once for each loss, not for each attempt
  lost.replaceChildren(
    make("span", {textContent: `${words} Nothing is sent meanwhile; this page goes on asking.`}),
    button("Try now", () => link.tryNow()));
}

// The token has become a cookie: it need not stay where it is seen.
if (location.search) history.replaceState(null, "", location.pathname + VIEW + location.hash);

find("token").addEventListener("cancel", (event) => event.preventDefault()); // without it there is nothing to see
find("token").addEventListener("close", () => {
  const text = find("token-text").value.trim();
  const token = /[?&]token=([^&#]+)/.exec(text)?.[1] ?? encodeURIComponent(text);
  if (token) location.assign("/?token=" + token);
});
