// The way in: where the reader was.

import { mark } from "./progress.js";

// show is called again when one comes back to the page.
function show() {
  mark();
  const links = [...document.querySelectorAll(".contents a")];
  const open = links.filter((link) => link.dataset.done !== "true");
  const start = document.getElementById("start");
  const finished = links.length - open.length;
  if (finished > 0) {
    document.getElementById("tally").textContent = `${finished} of ${links.length} done`;
    start.textContent = open.length ? `Go on: ${open[0].querySelector(".name").textContent}` : "Begin again";
    start.href = (open[0] ?? links[0]).href;
  }
}

addEventListener("pageshow", show);
addEventListener("storage", show);
