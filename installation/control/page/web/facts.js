// How the show is doing, in words: what of its status an operator asks about, in the order in which they ask.

import {lasted} from "./values.js";

const ms = (value) => typeof value === "number" ? (value < 10 ? value.toFixed(1) : Math.round(value)) + " ms" : null;
const ago = (seconds) => typeof seconds !== "number" ? null
  : seconds < 10 ? seconds.toFixed(1) + " s" : lasted(seconds);

const partsOf = (parts) => Object.entries(parts).filter(([, took]) => typeof took.p95 === "number")
  .map(([part, took]) => part + " " + ms(took.p95)).join(", ");
const lateOf = (missed) => Object.entries(missed).map(([cause, count]) => count + " by " + cause).join(", ");
const memoryOf = (mib) => Object.entries(mib).filter(([, much]) => typeof much === "number")
  .map(([part, much]) => `${part} ${Math.round(much)} MiB`).join(", ");

/**
 * Return groups of facts, `[title, [[name, words], ...]]`, those left out that there is nothing to say about.
 * `roundTripMs` is how long a word from this page takes there and back, `program` what it speaks to.
 */
export function factsOf(status, {roundTripMs = null, program = ""} = {}) {
  const sound = status.sound ?? {}, slow = status.slow_path ?? {}, display = status.display ?? {};
  const ages = status.ages ?? {}, fps = display.fps;
  const groups = {
    Picture: {
      seen: status.painter?.words,
      preset: status.preset,
      "not switched": status.preset_note,
      refused: [status.preset_refused, status.model_refused].filter(Boolean).join("; "),
      model: [slow.model, slow.swap?.words].filter(Boolean).join(", "),
      image: slow.image,
      shown: typeof fps === "number" ? fps.toFixed(1) + " pictures a second" : null,
      "between two": ms(display.interval_ms?.p95) && ms(display.interval_ms?.p95) + " (p95)",
      "a picture takes": partsOf(display.parts_ms ?? {}),
      "came late": lateOf(display.missed ?? {}),
      flashes: flashesOf(status.safety?.flashes),
      "newest picture": ago(ages.frame_s),
    },
    Sound: {
      heard: status.heard,
      sound: sound.source,
      remark: [sound.reason, sound.remark].filter(Boolean).join("; "),
      level: typeof slow.level_db === "number" ? slow.level_db.toFixed(0) + " dB" : null,
      "automatic gain": sound.auto_gain_db ? sound.auto_gain_db.toFixed(1) + " dB" : null,
      beat: status.tempo_bpm ? status.tempo_bpm.toFixed(1) + " bpm, " + status.clock : null,
      "newest block": ago(ages.block_s ?? sound.block_age_s),
      "sound to light": ms(status.fast_ms?.p95) && ms(status.fast_ms?.p95) + " (p95)",
    },
    Machine: {
      "runs for": lasted(ages.uptime_s),
      memory: memoryOf(status.memory_mib ?? {}),
      program,
      "this page": ms(roundTripMs) && ms(roundTripMs) + " there and back",
    },
    Surfaces: surfacesOf(status.controls ?? {}),
    Outputs: outputsOf(status.outputs ?? {}),
  };
  return Object.entries(groups).map(([title, facts]) => [title, Object.entries(facts).filter(([, words]) => words)])
    .filter(([, facts]) => facts.length);
}

function flashesOf(flashes) {
  if (!flashes) return null;
  if (!flashes.on) return "not limited";
  const most = `at most ${Math.max(flashes.general, flashes.red)} a second`;
  if (!flashes.interventions) return most;
  const times = flashes.interventions === 1 ? "once" : flashes.interventions + " times";
  return `${most}; held back ${times}, ${lasted(flashes.limited_s)} in all` + (flashes.holding ? ", and now" : "");
}

function surfacesOf(controls) {
  return Object.fromEntries(Object.entries(controls).map(([name, surface]) => {
    const state = [
      surface.problem || surface.open || (surface.port ? "port " + surface.port : "") || surface.url || "ready",
      surface.connected ? surface.connected + " connected" : "",
      surface.subscribers ? surface.subscribers + " subscribed" : "",
      surface.peers ? surface.peers + " share the beat" : "",
      surface.last ? "last: " + surface.last : "",
      surface.refused ? `${surface.refused} refused, last: ${surface.last_refusal}` : "",
    ];
    return [name, state.filter(Boolean).join("; ")];
  }));
}

function outputsOf(outputs) {
  return Object.fromEntries(Object.entries(outputs).map(([name, sink]) => {
    const lost = sink.dropped ? `, ${sink.dropped} pictures lost` : "";
    const left = sink.left_s == null ? "" : `, the disk has room for ${lasted(sink.left_s)} more`;
    const recorded = sink.recorded_s ? lasted(sink.recorded_s) + lost + left : "";
    const sent = sink.words && sink.words + lost;
    return [name, sink.problem || sent || recorded || "ready"];
  }));
}
