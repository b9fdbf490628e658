// Who may open this page: a new token, after which everybody else has to open the new address.

import {button, find, make, notice, write} from "./dom.js";

const ASK_MS = 5000;

/** Build the place for it, where a token is asked for at all. */
export function buildAccess() {
  const address = make("input",
    {type: "text", readOnly: true, hidden: true, id: "new-address", aria: {label: "The new address"}});
  address.addEventListener("focus", () => address.select());
  const words = make("p",
    {className: "about", textContent: "Whoever has its address with the token may do everything here."});
  let sure = false;
  const renew = button("New token", async () => {
    if (!sure) {
      sure = true;
      write(words, "Everybody else will have to open the new address.");
      write(renew, "Yes, a new token");
      return;
    }
    sure = false;
    write(renew, "New token");
    try {
      const answer = await fetch("/api/token", {method: "POST", signal: AbortSignal.timeout(ASK_MS)});
      const told = await answer.json();
      if (!answer.ok) { notice(told.error); return; }
      address.value = `${location.origin}/?token=${told.token}`;
      address.hidden = false;
      write(words, "The new address, for whom you trust:");
      address.focus();
    } catch { notice("The show does not answer."); }
  }, {id: "renew"});
  find("access").replaceChildren(make("h3", {textContent: "Who may open this page"}), words, address, renew);
  find("access").hidden = false;
}
