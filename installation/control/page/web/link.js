// The one connection to the show: says at once when it is gone, and comes back by itself.

const FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 5000;
const SILENCE_MS = 3500; // the show speaks at least once a second
const GRACE_MS = 1500;
const OPENING_MS = 5000; // after which an answer is not waited for any longer
const PING_MS = 1000, ASK_MS = 3000;

/** Whoever opens the page to look only, as for a screen in the foyer, also connects to look only. */
export const VIEW = new URLSearchParams(location.search).get("view") === "read" ? "?view=read" : "";

/**
 * `hear(message)` gets every message, `see(blob)` every picture, `change(state, words, retryAt)` every change of state:
 * "waiting" (the first time), "open" (the show has said hello), "lost", "token" (the show asks for its token).
 */
export class Link {
  constructor({hear, see, change}) {
    Object.assign(this, {hear, see, change, socket: null, state: "waiting", wait: FIRST_WAIT_MS, roundTripMs: null});
    this.timer = 0;
    this.watchedAt = performance.now();
    setInterval(() => this.#watch(), PING_MS);
    addEventListener("offline", () => this.#lose("This device has no network."));
    addEventListener("online", () => this.tryNow());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { this.#watch(); this.tryNow(); } });
    this.#open();
  }

  get isOpen() { return this.state === "open" && this.socket?.readyState === WebSocket.OPEN; }

  /** Send a message; false where there is no connection: nothing is kept for later. */
  send(message) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Do not wait any longer for the next attempt. */
  tryNow() {
    if (this.socket) return;
    this.wait = FIRST_WAIT_MS;
    this.#open();
  }

  #open() {
    clearTimeout(this.timer);
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/api/live" + VIEW);
    socket.binaryType = "blob";
    this.socket = socket;
    this.heardAt = performance.now();
    socket.addEventListener("message", ({data}) => { if (socket === this.socket) this.#take(data); });
    socket.addEventListener("close", (event) => {
      if (socket === this.socket) this.#lose(event.reason || "The show does not answer.");
    });
  }

  #take(data) {
    this.heardAt = performance.now();
    if (data instanceof Blob) { this.see(data); return; }
    const message = JSON.parse(data);
    if (message.type === "hello") {
      this.wait = FIRST_WAIT_MS;
      this.#become("open");
    } else if (message.type === "pong") {
      this.roundTripMs = performance.now() - message.t;
    }
    this.hear(message);
  }

  #watch() {
    const now = performance.now(), sleptMs = now - this.watchedAt - PING_MS;
    this.watchedAt = now;
    if (!this.socket) return;
    // It was this device that slept: what the show has said meanwhile is about to be read, if it has said anything.
    if (sleptMs > PING_MS) this.heardAt = Math.max(this.heardAt, now - SILENCE_MS + GRACE_MS);
    const silentMs = now - this.heardAt;
    if (silentMs > (this.state === "open" ? SILENCE_MS : OPENING_MS)) this.#lose("The show has fallen silent.");
    else this.send({type: "ping", t: performance.now()});
  }

  #lose(words) {
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    this.roundTripMs = null;
    socket.close();
    const waitMs = this.wait;
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.#open(), waitMs);
    this.#become("lost", words, performance.now() + waitMs);
    this.#askWhy();
  }

  // A browser does not tell a page why a socket was refused; a plain request does.
  async #askWhy() {
    try {
      const answer = await fetch("/api/status", {signal: AbortSignal.timeout(ASK_MS), cache: "no-store"});
      if (answer.status !== 401 || this.isOpen) return;
      clearTimeout(this.timer);
      this.#become("token");
    } catch { /* nobody is there: that was said already */ }
  }

  #become(state, words = "", retryAt = 0) {
    this.state = state;
    this.change(state, words, retryAt);
  }
}
