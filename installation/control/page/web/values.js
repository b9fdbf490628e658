// What a parameter's numbers mean on a control and in words. Pure; `p` is a row of the show's table.

export const nameOf = (address) => address.split("/").slice(2).join(" ").replaceAll("_", " ");
export const groupOf = (address) => address.split("/")[1];
export const fullName = (address) => address.split("/").slice(1).join(" ").replaceAll("_", " ");
/** Return whether a row comes and goes with a shader. */
export const isOfShader = ({address}) => groupOf(address) === "isf";
export const isNumber = (p) => p.kind === "float" || p.kind === "int";

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Return where `value` lies on a slider's travel, 0..1. */
export function toTravel(p, value) {
  const at = p.scaling === "log" ? Math.log(value / p.low) / Math.log(p.high / p.low)
    : (value - p.low) / (p.high - p.low);
  return clamp(at, 0, 1);
}

/** Return the value at 0..1 of a slider's travel, without digits that nobody set. */
export function fromTravel(p, at) {
  const unit = clamp(at, 0, 1);
  const value = p.scaling === "log" ? p.low * Math.pow(p.high / p.low, unit) : p.low + (p.high - p.low) * unit;
  return p.kind === "int" ? Math.round(value) : Number(value.toPrecision(5));
}

/** Return the value some hundredths of the travel further; a whole number goes on by at least one. */
export function nudge(p, value, hundredths) {
  if (p.kind !== "int") return fromTravel(p, toTravel(p, value) + hundredths / 100);
  const further = Math.round((p.high - p.low) * hundredths / 100);
  return clamp(value + (further || Math.sign(hundredths)), p.low, p.high);
}

/** Return a value in words, with its unit. */
export function spoken(p, value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value !== "number") return String(value);
  const span = p.high - p.low;
  const text = value.toFixed(p.kind === "int" || span >= 500 ? 0 : span >= 20 ? 1 : 2).replace("-", "−");
  return text + (p.unit === "°" ? "°" : p.unit ? " " + p.unit : "");
}

/** Return the number that was typed, null where it is none; a decimal comma and a unit behind it are welcome. */
export function typed(p, text) {
  const number = /^\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\D*$/.exec(text.replace("−", "-").replace(",", "."));
  if (!number) return null;
  const value = clamp(Number(number[1]), p.low, p.high);
  return p.kind === "int" ? Math.round(value) : value;
}

export const isDefault = (p, value) => isNumber(p) ? Math.abs(value - p.default) < 1e-6 : value === p.default;

/** Return a duration in the two words that matter. */
export function lasted(seconds) {
  if (!Number.isFinite(seconds)) return "";
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " min " + (s % 60 ? (s % 60) + " s" : "");
  if (s < 86400) return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
  return Math.floor(s / 86400) + " d " + Math.floor((s % 86400) / 3600) + " h";
}
