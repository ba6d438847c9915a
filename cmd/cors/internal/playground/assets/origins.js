// The three origins that a fetch can be made from: see frame.go.

import { attempt } from "./attempt.js";

const { alias } = document.documentElement.dataset;

const frames = {
  alias: { src: alias + "/frame", origin: alias, target: alias },
  null: { src: "/frame?origin=null", origin: "null", target: "*" },
};

// fetchFrom makes a fetch from "site", the page itself; from "alias", the site
// by its other name; or from "null", a sandboxed frame. It returns what attempt
// reports, and throws only if there is no frame to be had.
export async function fetchFrom(from, url, init) {
  const frame = frames[from];
  if (!frame) return attempt(url, init);
  frame.window ??= open(frame).catch((error) => {
    frame.window = undefined;
    throw error;
  });
  const id = crypto.randomUUID();
  const answer = heard(frame, (data) => data.id === id, 60_000);
  (await frame.window).postMessage({ id, url, init }, frame.target);
  return (await answer).report;
}

function open(frame) {
  const element = document.createElement("iframe");
  element.hidden = true;
  element.title = "A page of the origin " + frame.origin;
  if (frame.origin === "null") element.sandbox = "allow-scripts";
  element.src = frame.src;
  document.body.append(element);
  frame.element = element;
  return heard(frame, (data) => data.ready, 10_000).then(
    () => element.contentWindow,
    (error) => {
      element.remove();
      throw error;
    },
  );
}

// heard waits for a message of the frame.
function heard(frame, wanted, patience) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      removeEventListener("message", listen);
    };
    const listen = (event) => {
      if (event.source !== frame.element?.contentWindow || event.origin !== frame.origin || !wanted(event.data)) return;
      stop();
      resolve(event.data);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`The frame of the origin ${frame.origin} does not answer.`));
    }, patience);
    addEventListener("message", listen);
  });
}
