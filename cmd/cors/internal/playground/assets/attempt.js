// A fetch, and what a script can know of it. The page and its frames share this
// file.

const maxText = 4000; // characters of a body or an error that are reported

// attempt makes the fetch and reports it:
//   {type, status, redirected, header: [[name, value], …], body}  if it succeeds,
//   {type: "", status: 0, error}                                  if it fails.
// An init of {element: "image"} is no fetch but an <img>, whose report has the
// type "opaque" if it loads: a script learns no more of it. One of {mode:
// "websocket"} is a new WebSocket, of which the lab accepts none.
export async function attempt(url, init = {}) {
  if (init.element === "image") return picture(url);
  if (init.mode === "websocket") return socket(url);
  try {
    const response = await fetch(url, init);
    const body = await response.text();
    return {
      type: response.type,
      status: response.status,
      redirected: response.redirected,
      header: [...response.headers],
      body: body.slice(0, maxText),
    };
  } catch (error) {
    return { type: "", status: 0, error: String(error).slice(0, maxText) };
  }
}

function socket(url) {
  return new Promise((done) => {
    const fail = (error) => done({ type: "", status: 0, error: String(error) });
    try {
      const opening = new WebSocket(url.replace(/^http/, "ws"));
      const events = [];
      opening.onopen = () => events.push("an open event");
      opening.onerror = () => events.push("an error event");
      opening.onclose = ({ code }) => fail([...events, "a close event with code " + code].join(" and "));
    } catch (error) {
      fail(error);
    }
  });
}

async function picture(url) {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { type: "opaque", status: 0, header: [], body: "" };
  } catch {
    return { type: "", status: 0, error: "the image did not load" };
  }
}
