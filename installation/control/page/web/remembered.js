// What this browser keeps between two visits. A browser that keeps nothing is no reason to fail.

export function recall(name, otherwise) {
  try {
    const kept = JSON.parse(localStorage.getItem(name));
    return kept ?? otherwise;
  } catch { return otherwise; }
}

export function remember(name, value) {
  try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* full, or not allowed */ }
}
