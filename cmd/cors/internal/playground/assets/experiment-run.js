// Run the experiment: the site says what to call and from where, this browser
// calls it, and the site shows what came of it beside what was predicted.

import { openLive } from "./live.js";
import { fetchFrom } from "./origins.js";
import { complain, query } from "./experiment-state.js";

const liveID = openLive(document.getElementById("live"));

async function post(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", body });
  } catch {
    throw new Error("The site does not answer. Is “cors play” still running?");
  }
  if (!response.ok) throw new Error(await response.text());
  return response;
}

export async function run(button) {
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  const asked = document.getElementById("outcome").dataset.query;
  try {
    const begun = await (await post("/experiment/runs?live=" + (await liveID()), new URLSearchParams(query()))).json();
    const path = "/experiment/runs/" + begun.run;
    if (begun.earlier) {
      await fetchFrom(begun.from, begun.url, init(begun.earlier, begun.bytes));
      await post(path + "/earlier");
    }
    const report = await fetchFrom(begun.from, begun.url, init(begun.init, begun.bytes));
    const html = await (await post(path, JSON.stringify(report))).text();
    // Not beside a prediction of something else.
    if (document.getElementById("outcome").dataset.query !== asked) return;
    const pair = document.getElementById("pair");
    pair.innerHTML = html;
    const said = [...pair.querySelectorAll(".verdict, tr.differs")].map((part) => part.textContent.trim());
    document.getElementById("status").textContent = said.join(" ").replace(/\s+/g, " ");
    pair.scrollIntoView({ block: "nearest" });
  } catch (error) {
    complain(error.message);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

function init(call, bytes) {
  if (!bytes || call.body === undefined) return call;
  return { ...call, body: new TextEncoder().encode(call.body) };
}
