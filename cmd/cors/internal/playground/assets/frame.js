// Within the frame: make the fetch that the page asks for. Nobody else is
// listened to.

import { attempt } from "./attempt.js";

const site = document.documentElement.dataset.site;

addEventListener("message", async (event) => {
  if (event.source !== parent || event.origin !== site) return;
  const { id, url, init } = event.data;
  parent.postMessage({ id, report: await attempt(url, init) }, site);
});

parent.postMessage({ ready: true }, site);
