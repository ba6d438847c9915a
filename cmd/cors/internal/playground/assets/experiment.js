// Experiment: keep the prediction, the address and what is shown in step with
// what the reader writes, and run it.

import { keepInStep, load } from "./experiment-state.js";
import { run } from "./experiment-run.js";

const editor = document.getElementById("editor");
const foreseen = document.getElementById("foreseen");

keepInStep();

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/experiment?']");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    document.getElementById("situations").open = false;
    load(link.getAttribute("href"), true);
    return;
  }
  const button = event.target.closest("button");
  if (button?.dataset.copy) copy(button);
});

editor.addEventListener("submit", (event) => {
  event.preventDefault();
  run(document.getElementById("run"));
});

async function copy(button) {
  const text = document.querySelector(`#${button.dataset.copy} code`).textContent;
  const status = document.getElementById("status");
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied.";
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(foreseen.querySelector(`#${button.dataset.copy} code`));
    status.textContent = "Selected. Copy it with the keyboard.";
  }
}
