// The page's own half of the playground: it makes each scene's fetch(), and
// shows what the site says came of it. The site and the API do the rest.

const scenes = [...document.querySelectorAll(".scene")];
const status = document.getElementById("status");
const tally = document.getElementById("tally");
const runAll = document.getElementById("run-all");

const maxText = 1000; // characters of a body or an error that are reported

// call sends a POST to the site itself. Unlike the scene's own fetch it must
// succeed.
async function call(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", body });
  } catch {
    throw new Error("The site does not answer. Is “cors play” still running?");
  }
  if (!response.ok) throw new Error(await response.text());
  return response;
}

// attempt makes the scene's fetch and reports what a script can know of it:
// a response, or an error without a reason.
async function attempt(url, init) {
  try {
    const response = await fetch(url, init);
    const body = await response.text();
    return {
      status: response.status,
      header: [...response.headers.keys()],
      body: body.slice(0, maxText),
    };
  } catch (error) {
    return { status: 0, error: String(error).slice(0, maxText) };
  }
}

async function run(scene) {
  if (scene.dataset.state === "running") return;
  scene.dataset.state = "running";
  const button = scene.querySelector(".run");
  const problem = scene.querySelector(".problem");
  button.setAttribute("aria-disabled", "true");
  problem.textContent = "";
  try {
    const begun = await (await call("/runs", new URLSearchParams({ scene: scene.dataset.scene }))).json();
    const report = await attempt(begun.url, JSON.parse(scene.dataset.init));
    const stage = await (await call(`/runs/${begun.run}`, JSON.stringify(report))).text();
    show(scene, stage);
    scene.dataset.state = "done";
  } catch (error) {
    problem.textContent = error.message;
    scene.dataset.state = "failed";
  } finally {
    button.removeAttribute("aria-disabled");
    count();
  }
}

// show replaces the scene's stage, keeping open what the reader has opened.
function show(scene, html) {
  const stage = scene.querySelector(".stage");
  const open = stage.querySelector("details")?.open;
  stage.innerHTML = html;
  if (open) stage.querySelector("details").open = true;
}

function verdict(scene) {
  return scene.querySelector(".verdict");
}

function count() {
  const done = scenes.filter((scene) => scene.dataset.state === "done");
  const agree = done.filter((scene) => verdict(scene).dataset.agree === "true");
  tally.textContent = done.length === 0 ? "" : `${done.length} of ${scenes.length} run, ${agree.length} as predicted`;
}

function announce(scene) {
  status.textContent =
    scene.dataset.state === "done"
      ? `${scene.querySelector("h2").textContent}: ${verdict(scene).textContent}`
      : scene.querySelector(".problem").textContent;
}

for (const scene of scenes) {
  scene.querySelector(".run").addEventListener("click", async () => {
    await run(scene);
    announce(scene);
  });
}

runAll.addEventListener("click", async () => {
  if (runAll.getAttribute("aria-disabled") === "true") return;
  runAll.setAttribute("aria-disabled", "true");
  for (const scene of scenes) await run(scene);
  runAll.removeAttribute("aria-disabled");
  status.textContent = `All scenes: ${tally.textContent}.`;
});

document.documentElement.classList.add("scripted");
