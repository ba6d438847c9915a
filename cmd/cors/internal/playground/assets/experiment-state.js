// The state is the form's. Its address is kept in the location: typing replaces
// the entry of the history, everything else adds one.

import { patch, patchElement } from "./patch.js";

const foreseen = document.getElementById("foreseen");
const status = document.getElementById("status");
const patience = 700; // milliseconds of rest before the verdict is read out

let asked; // the request under way, which the next one replaces
let telling;
let settling;
let typed = ""; // the address that is waited with

const editor = () => document.getElementById("editor");

// query writes the form as the address has it; the site makes it short.
export const query = () => new URLSearchParams(new FormData(editor())).toString();

export function keepInStep() {
  document.addEventListener("input", (event) => {
    if (event.target.form === editor()) predict(false);
  });
  // A choice is a step that one may want to go back from.
  document.addEventListener("change", (event) => {
    if (event.target.form === editor() && event.target.matches("select, [type=radio], [type=checkbox]")) predict(true);
  });
  addEventListener("popstate", () => {
    // A link within the page is no other experiment.
    const same = (location.search.slice(1) || "v=1") === document.getElementById("outcome").dataset.query;
    if (!same) load(location.href, false);
  });
}

// get asks the site for HTML; null if a later question has taken its place. If the
// verdict is wanted, it is handed on before the rest is there.
async function get(url, verdict) {
  asked?.abort();
  const mine = (asked = new AbortController());
  let text;
  let ok;
  try {
    const response = await fetch(url, { signal: mine.signal, cache: "no-store" });
    ok = response.ok;
    text = await read(response, ok && verdict);
  } catch (error) {
    if (mine.signal.aborted) return null;
    throw new Error("The site does not answer. Is “cors play” still running?");
  }
  if (mine.signal.aborted) return null;
  if (!ok) throw new Error(text);
  return text;
}

async function read(response, verdict) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (let text = "", end = -1; ; ) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) return text;
    if (!verdict || end >= 0) continue;
    end = text.indexOf("</section>");
    if (end >= 0) verdict(text.slice(0, end));
  }
}

// predict shows what becomes of the form as it stands.
async function predict(step) {
  try {
    const html = await get("/experiment/prediction?" + query(), showVerdict);
    if (html === null) return;
    show(html);
    settle("/experiment?" + document.getElementById("outcome").dataset.query, step);
  } catch (error) {
    complain(error.message);
  }
}

// settle keeps the address. While one types it waits for a rest: browsers allow
// only so many changes of it in a while.
function settle(url, step) {
  if (step) {
    rest();
    if (url !== location.pathname + location.search) history.pushState(null, "", url);
    return;
  }
  clearTimeout(settling);
  typed = url;
  settling = setTimeout(rest, 250);
}

function rest() {
  clearTimeout(settling);
  if (typed) history.replaceState(null, "", typed);
  typed = "";
}

// load takes the state from an address.
export async function load(url, step) {
  // What was typed belongs to the place that is left; going back has left it.
  if (step) rest();
  clearTimeout(settling);
  typed = "";
  try {
    const html = await get(url);
    if (html === null) return;
    const page = new DOMParser().parseFromString(html, "text/html");
    fill(page.getElementById("editor"));
    show(page.getElementById("foreseen").innerHTML);
    if (step) {
      history.pushState(null, "", url);
      document.getElementById("main").scrollIntoView({ block: "start" });
    }
  } catch (error) {
    complain(error.message);
  }
}

// fill takes over the fields of another editor.
function fill(other) {
  for (const field of other.elements) {
    if (!field.name) continue;
    const mine = editor().elements[field.name];
    if (mine instanceof RadioNodeList) mine.value = field.checked ? field.value : mine.value;
    else if (field.type === "checkbox") mine.checked = field.checked;
    else if (mine) mine.value = field.value;
    if (field.rows) mine.rows = field.rows;
  }
  document.getElementById("more").open ||= other.querySelector("#more").open;
}

// mark says which of the situations it is.
function mark() {
  document.getElementById("about").replaceChildren(document.getElementById("about-it").content.cloneNode(true));
  const current = document.getElementById("outcome").dataset.situation;
  for (const link of document.querySelectorAll("[data-preset]")) {
    if (link.dataset.preset === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function parse(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  return parsed.content;
}

function showVerdict(html) {
  patchElement(document.getElementById("outcome"), parse(html).getElementById("outcome"));
}

// show puts a prediction in place of the last.
function show(html) {
  const next = parse(html);
  const whole = next.getElementById("pair") !== null;
  // While something cannot be read, what was predicted last stays, without its colours.
  if (whole) patch(foreseen, next);
  else showVerdict(html);
  foreseen.classList.toggle("stale", !whole);
  if (whole) mark();
  const faulty = new Set([...foreseen.querySelectorAll("[data-field]")].map((fault) => fault.dataset.field));
  for (const field of editor().elements) {
    if (faulty.has(field.name)) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  tell(document.querySelector("#outcome p").textContent.trim().replace(/\s+/g, " "));
}

// tell reads a sentence out once the reader rests.
export function tell(sentence) {
  clearTimeout(telling);
  telling = setTimeout(() => (status.textContent = sentence), patience);
}

export function complain(sentence) {
  clearTimeout(telling);
  status.textContent = sentence;
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.textContent = sentence;
  document.querySelector("#outcome p").replaceWith(problem);
}
