// Which lessons have been done, kept in this browser only.

const key = "crossorigin.lessons";

// done returns {lesson: true if the reader predicted it right, else false}.
export function done() {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    return kept !== null && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

// remember keeps how a lesson went. Without storage, nothing is kept.
export function remember(lesson, right) {
  try {
    localStorage.setItem(key, JSON.stringify({ ...done(), [lesson]: right }));
  } catch {
    // The reader's browser keeps nothing: so be it.
  }
}

// mark shows on each link to a lesson whether it has been done.
export function mark() {
  const all = done();
  for (const link of document.querySelectorAll("a[data-lesson]")) {
    const known = link.dataset.lesson in all;
    link.dataset.done = known;
    let said = link.querySelector(".done");
    if (known && !said) {
      said = document.createElement("span");
      said.className = "done unseen";
      said.textContent = ", done";
      link.append(said);
    }
  }
}
