// A lesson: the reader predicts, the page runs, and shows what the site says
// came of it.

import { openLive } from "./live.js";
import { fetchFrom } from "./origins.js";
import { mark, remember } from "./progress.js";

const lesson = document.querySelector(".lesson");
const form = document.getElementById("predict");
const button = document.getElementById("run");
const problem = document.getElementById("problem");
const status = document.getElementById("status");
const liveID = openLive(document.getElementById("live"));

// post sends something to the site itself. Unlike the lesson's own requests it
// must succeed.
async function post(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", body });
  } catch {
    throw new Error("The site does not answer. Is “cors play” still running?");
  }
  if (!response.ok) throw new Error((await response.text()).trim());
  return response;
}

async function run() {
  const path = `/learn/${lesson.dataset.lesson}/runs`;
  const begun = await (await post(path, new URLSearchParams({ live: await liveID() }))).json();
  const answers = [];
  for (const [i, call] of begun.calls.entries()) {
    const report = await fetchFrom(call.from, call.url, call.init);
    answers.push(await (await post(`${path}/${begun.run}/${i}`, JSON.stringify(report))).text());
  }
  return answers;
}

// show puts the steps into the page, keeping open what the reader has opened.
function show(answers) {
  const steps = document.getElementById("steps");
  const open = lesson.dataset.state === "again" ? [...steps.querySelectorAll("details")].map((details) => details.open) : [];
  steps.innerHTML = answers.join("");
  [...steps.querySelectorAll("details")].forEach((details, i) => (details.open = open[i] ?? details.open));
}

const textOf = (input) => input?.nextElementSibling.textContent.trim();

// conclude says in a sentence what came of the question, and of the prediction.
function conclude() {
  const steps = [...document.querySelectorAll(".step")];
  const answer = steps[lesson.dataset.asked].dataset.answer;
  const guess = form.querySelector("input:checked");
  const right = [...form.querySelectorAll("input")].find((input) => input.value === answer);
  const happened = textOf(right) ?? steps[lesson.dataset.asked].querySelector(".chip").textContent;
  const agree = steps.every((step) => step.dataset.agree === "true");
  const verdict = document.getElementById("verdict");
  // Where the model was wrong too, the reader's prediction is not judged.
  const judged = !guess || !agree ? "" : guess === right ? "You predicted it. " : "Not so. ";
  verdict.textContent = `${judged}${happened}.`;
  for (const label of form.querySelectorAll("label")) {
    label.dataset.right = label.contains(right ?? null);
  }
  lesson.dataset.agree = agree;
  document.getElementById("agreement").textContent = agree
    ? "Our model of a browser had predicted the same as your browser did."
    : "Your browser did not do what our model of a browser had predicted: the differences are marked. An extension can be the cause, or open developer tools with “Disable cache”.";
  if (agree) remember(lesson.dataset.lesson, guess === right);
  mark();
}

// reveal scrolls down to what would hardly be seen.
function reveal(element) {
  if (element.getBoundingClientRect().top < innerHeight * 0.75) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ behavior: still ? "instant" : "smooth", block: "start" });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (lesson.dataset.state === "running") return;
  const again = lesson.dataset.state === "done";
  lesson.dataset.state = "running";
  button.setAttribute("aria-disabled", "true");
  problem.textContent = "";
  try {
    const answers = await run();
    if (again) lesson.dataset.state = "again";
    show(answers);
    conclude();
    lesson.dataset.state = "done";
    button.textContent = "Run it again";
    status.textContent = document.getElementById("verdict").textContent;
    reveal(document.getElementById("outcome"));
  } catch (error) {
    problem.textContent = error.message;
    lesson.dataset.state = again ? "done" : "failed";
    status.textContent = error.message;
  } finally {
    button.removeAttribute("aria-disabled");
  }
});

mark();
addEventListener("pageshow", mark);
