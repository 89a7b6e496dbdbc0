// What changes on the server, told to whoever shows it: one stream of the change log for the whole page.
const listeners = new Set();
const watchers = new Set();
let source = null;
let state = "starting";
let batch = [];
let timer = null;

function tell(changes) {
  for (const fn of listeners) fn(changes);
}

function become(next) {
  if (next === state) return;
  state = next;
  for (const fn of watchers) fn(state);
}

// Many changes come at once when a release is written: pages hear of them together.
function later(change) {
  batch.push(change);
  timer ??= setTimeout(() => {
    const all = batch;
    batch = [];
    timer = null;
    tell(all);
  }, 100);
}

function heard(e) {
  const { type, object } = JSON.parse(e.data);
  become("live");
  if (type === "ERROR") {
    // History that is kept no longer, or another database: everything is shown anew, from now on.
    stop();
    tell(null);
    setTimeout(start, 2000);
  } else if (type !== "BOOKMARK") {
    later(object);
  }
}

export function start() {
  if (source) return;
  source = new EventSource("/api/v1/changes?watch=1");
  source.onopen = () => become("live");
  source.onmessage = heard;
  source.onerror = () => {
    become("broken");
    // The browser comes back by itself with Last-Event-ID, unless the answer was no stream at all.
    if (source && source.readyState === EventSource.CLOSED) {
      stop();
      setTimeout(() => {
        start();
        tell(null);
      }, 3000);
    }
  };
}
export function stop() {
  if (source) source.close();
  source = null;
}
// fn(changes), or fn(null): all may have changed. Returns what ends it.
export function onChange(fn) {
  listeners.add(fn);
  return () => listeners.delete(fn);
}
export function onState(fn) {
  watchers.add(fn);
  fn(state);
  return () => watchers.delete(fn);
}
