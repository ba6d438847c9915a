// The live log of what reaches the servers: see live.go, and "live" in
// parts.html.

const maxLines = 200;
const { api } = document.documentElement.dataset;

// openLive fills a log for as long as the page is in sight. The function it
// returns gives the log's id, for the site to know whose runs it shows: "" if
// there is no log to be had, which keeps nothing from working.
export function openLive(section) {
  const list = section.querySelector("ol");
  const empty = section.querySelector(".empty");
  let source;
  let id = "";

  const close = () => {
    source?.close();
    source = undefined;
    id = "";
  };
  const open = () => {
    if (source || document.visibilityState === "hidden") return;
    source = new EventSource("/live");
    source.addEventListener("log", (event) => (id = event.data));
    source.addEventListener("error", () => (id = ""));
    source.addEventListener("arrival", (event) => {
      list.append(line(JSON.parse(event.data)));
      while (list.children.length > maxLines) list.firstChild.remove();
      list.scrollTop = list.scrollHeight;
      list.hidden = false;
      empty.hidden = true;
    });
  };
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? close() : open()));
  open();

  return async () => {
    for (let waited = 0; source && !id && waited < 500; waited += 20) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return id;
  };
}

function line(arrival) {
  const url = new URL(arrival.url);
  url.searchParams.delete("run");
  const item = element("li");
  const details = element("details");
  const summary = element("summary");
  summary.append(
    element("span", "at", `${arrival.at} ms`),
    element("span", "line", `${arrival.method} ${url.origin === api ? "" : url.host}${url.pathname}${url.search}`),
  );
  if (arrival.preflight) summary.append(element("span", "tag", "preflight"));
  summary.append(element("span", "status", String(arrival.status)));
  details.append(summary, element("p", "host", `to ${url.origin}`), fields(arrival.header), element("p", "host", "answer"), fields(arrival.answer));
  item.append(details);
  return item;
}

function fields(header) {
  const list = element("dl", "fields");
  for (const { name, value } of header) {
    const pair = element("div");
    pair.append(element("dt", "", name), element("dd", "", value));
    list.append(pair);
  }
  return list;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
