/* Server-sent events that resume.
 *
 *   const stream = openStream("/jobs/events", { job: (data, id) => … }, { lastId, onState });
 *   stream.close();
 *
 * The browser resumes with Last-Event-ID by itself while the connection flickers; after a hard failure (a restart
 * of the server) this opens a new one with ?last_id=…, later each time. A hidden page lets go of its connection,
 * since a browser grants a site only six. `onState` hears "open", "waiting" and "closed".
 */

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15000;

export function openStream(url, handlers, { lastId = "", onState = () => {}, keepHidden = false } = {}) {
  let source = null;
  let timer = 0;
  let retryMs = FIRST_RETRY_MS;
  let isClosed = false;
  let last = String(lastId);

  function address() {
    const full = new URL(url, location.href);
    if (last) full.searchParams.set("last_id", last);
    return full;
  }

  function connect() {
    clearTimeout(timer);
    if (isClosed || source) return;
    source = new EventSource(address());
    source.onopen = () => { retryMs = FIRST_RETRY_MS; onState("open"); };
    source.onerror = () => {
      onState("waiting");
      if (source?.readyState === EventSource.CLOSED) retryLater();
    };
    for (const [name, handle] of Object.entries(handlers)) source.addEventListener(name, (event) => receive(event, handle));
  }

  function receive(event, handle) {
    if (event.lastEventId) last = event.lastEventId;
    handle(event.data ? JSON.parse(event.data) : null, event.lastEventId);
  }

  function retryLater() {
    disconnect();
    timer = setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }

  function disconnect() {
    source?.close();
    source = null;
  }

  function onVisibility() {
    if (keepHidden) return;
    if (document.hidden) disconnect();
    else connect();
  }

  function close() {
    isClosed = true;
    clearTimeout(timer);
    disconnect();
    document.removeEventListener("visibilitychange", onVisibility);
    onState("closed");
  }

  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("pagehide", disconnect);
  window.addEventListener("pageshow", connect);
  connect();
  return { close, get lastId() { return last; } };
}
