// The body of an async function that runs the steps of vectors in a page.
// STEPS, a list of lists of steps, is put before it.
const deadline = 5000;
const expired = Symbol();
const within = (promise, ms) => Promise.race([promise, new Promise((done) => setTimeout(done, ms, expired))]);

// One string per byte, as header values are.
const bytes = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

function makeBody(b) {
  const text = b.text.repeat(b.times || 1);
  const pairs = () => text.split("&").map((pair) => pair.split("="));
  switch (b.kind) {
    case "string": return text;
    case "buffer": return new TextEncoder().encode(text).buffer;
    case "blob": return new Blob([text], { type: b.type || "" });
    case "params": return new URLSearchParams(text);
    case "form": {
      const form = new FormData();
      for (const [name, value] of pairs()) form.append(name, value ?? "");
      return form;
    }
    case "stream": return new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
  }
}

function address(step) {
  return step.url.startsWith("blob:") ? URL.createObjectURL(new Blob([step.url.slice(5)])) : step.url;
}

async function runFetch(step) {
  const init = { ...step.init };
  if (step.headers.length) init.headers = step.headers;
  if (step.body) init.body = makeBody(step.body);
  if (step.body?.kind === "stream") init.duplex = "half";
  let response;
  try {
    response = await fetch(address(step), init);
  } catch (e) {
    return { error: String(e) };
  }
  const seen = {
    type: response.type, status: response.status, redirected: response.redirected, url: response.url,
    headers: [...new Set(response.headers.keys())].sort(),
  };
  try {
    const body = await within(response.arrayBuffer(), step.left());
    if (body === expired) seen.body = "pending";
    else seen.length = body.byteLength;
  } catch {
    seen.body = "fails";
  }
  return seen;
}

function runXHR(step) {
  return new Promise((done) => {
    const x = new XMLHttpRequest();
    try {
      x.open(step.init.method || "GET", address(step));
      x.responseType = "arraybuffer";
      x.withCredentials = step.init.credentials === "include";
      for (const [name, value] of step.headers) x.setRequestHeader(name, value);
      if (step.uploadListener) x.upload.onprogress = () => {};
      // Chromium tells the protocol of the failure only after the event.
      x.onerror = () => setTimeout(done, 20, { error: "error" });
      x.onload = () => done({
        type: "xhr", status: x.status, length: x.response ? x.response.byteLength : 0, url: x.responseURL,
        headers: [...new Set(x.getAllResponseHeaders().split("\r\n").filter(Boolean).map((h) => h.split(":")[0].toLowerCase()))].sort(),
      });
      x.send(step.body ? makeBody(step.body) : null);
    } catch (e) {
      done({ error: String(e), thrown: true });
    }
  });
}

function runElement(step) {
  return new Promise((done) => {
    const loads = () => done({ element: "loads" }), fails = () => done({ element: "fails" });
    if (step.kind === "font") {
      new FontFace("vector", `url(${JSON.stringify(step.url)})`).load().then(loads, fails);
      return;
    }
    if (step.kind === "eventsource") {
      const source = new EventSource(step.url, { withCredentials: step.init.credentials === "include" });
      source.onopen = () => { source.close(); loads(); };
      source.onerror = () => { source.close(); fails(); };
      return;
    }
    const element = document.createElement({ image: "img", script: "script", style: "link" }[step.kind]);
    if (step.crossorigin) element.crossOrigin = step.crossorigin;
    if (step.init.referrerPolicy) element.referrerPolicy = step.init.referrerPolicy;
    element.onload = loads;
    element.onerror = fails;
    if (step.kind === "style") {
      element.rel = "stylesheet";
      element.href = step.url;
    } else {
      element.src = step.url;
    }
    if (step.kind !== "image") document.head.append(element);
  });
}

async function runStep(step) {
  const started = Date.now();
  step.left = () => Math.max(1, deadline - (Date.now() - started));
  const way = { fetch: runFetch, xhr: runXHR }[step.kind] || runElement;
  const seen = await within(way(step), deadline + 200);
  if (seen === expired) return { pending: true };
  if (step.timing) {
    await new Promise((done) => setTimeout(done, 50));
    const entry = performance.getEntriesByName(step.url.split("#")[0]).at(-1);
    seen.timing = !!entry && entry.requestStart > 0;
  }
  return seen;
}

async function runVector(steps) {
  const results = [];
  for (const step of steps) {
    if (step.kind === "pause") {
      await new Promise((done) => setTimeout(done, step.pause));
      continue;
    }
    const result = runStep(step);
    results.push(result);
    if (!step.parallel) await result;
  }
  return Promise.all(results);
}

const all = [];
for (const steps of STEPS) all.push(await runVector(steps));
return all;
