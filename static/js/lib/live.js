/* The tray of running jobs, and every element on the page that shows a job.
 *
 *   <div data-job="ID">          gets its progress (elements with data-field="progress|state|detail|label")
 *   hx-trigger="job-done"        on such an element loads the result when the job has ended
 *   document "medapp:job"        a CustomEvent with the job's data, for a page's own script
 */
import { openStream } from "./sse.js";

const ENDED = new Set(["done", "parked", "cancelled"]);
const STAY_MS = 8000;
const jobs = new Map();
const started = new Map();

const words = () => document.getElementById("live-words")?.dataset ?? {};
const fill = (pattern, values) => (pattern ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** Items a second and seconds left, from when this page first saw the job move. */
export function pace(job, now = Date.now()) {
  const first = started.get(job.id);
  const items = first ? job.done - first.done : 0;
  const seconds = first ? (now - first.at) / 1000 : 0;
  if (items < 1 || seconds < 0.5 || job.done >= job.total) return null;
  const rate = items / seconds;
  return { rate, left: (job.total - job.done) / rate };
}

function detail(job) {
  if (job.failure) return job.failure;
  if (!job.total || job.status !== "running") return "";
  const parts = [fill(words().of, job)];
  const now = pace(job);
  if (now) {
    parts.push(fill(words().rate, { rate: now.rate >= 10 ? Math.round(now.rate) : now.rate.toFixed(1) }));
    const minutes = now.left >= 90;
    const n = Math.max(1, Math.round(minutes ? now.left / 60 : now.left));
    parts.push(fill(minutes ? words().leftMinutes : words().leftSeconds, { n }));
  }
  return parts.join(" · ");
}

function show(element, job) {
  const field = (name) => element.querySelector(`[data-field="${name}"]`);
  const set = (name, text) => { const target = field(name); if (target) target.textContent = text; };
  set("label", job.label);
  set("state", words()[job.status] ?? job.status);
  set("detail", detail(job));
  const bar = field("progress");
  if (!bar) return;
  bar.hidden = ENDED.has(job.status);
  if (job.total) { bar.max = job.total; bar.value = job.done; } else bar.removeAttribute("value");
}

function trayRow(job) {
  const list = document.querySelector("[data-jobs]");
  let row = list?.querySelector(`[data-job="${CSS.escape(job.id)}"]`);
  if (list && !row) {
    row = document.getElementById("job-template").content.firstElementChild.cloneNode(true);
    row.dataset.job = job.id;
    list.prepend(row);
  }
  return row;
}

function count() {
  const running = [...jobs.values()].filter((job) => !ENDED.has(job.status)).length;
  const badge = document.querySelector("[data-jobs-count]");
  const empty = document.querySelector("[data-jobs-empty]");
  document.querySelector("#jobs-tray summary .icon")?.classList.toggle("spinner", running > 0);
  if (badge) { badge.textContent = running; badge.hidden = running === 0; }
  if (empty) empty.hidden = document.querySelector("[data-jobs]").childElementCount > 0;
}

function onJob(job) {
  const before = jobs.get(job.id);
  jobs.set(job.id, job);
  if (job.status === "running" && !started.has(job.id)) started.set(job.id, { at: Date.now(), done: job.done });
  if (!ENDED.has(job.status) || before) trayRow(job);
  for (const element of document.querySelectorAll(`[data-job="${CSS.escape(job.id)}"]`)) show(element, job);
  if (ENDED.has(job.status)) onEnd(job);
  count();
  document.dispatchEvent(new CustomEvent("medapp:job", { detail: job }));
}

function onEnd(job) {
  started.delete(job.id);
  for (const element of document.querySelectorAll(`[data-job="${CSS.escape(job.id)}"]`)) {
    element.dispatchEvent(new CustomEvent("job-done", { detail: job }));
    if (element.closest("[data-jobs]") && job.status === "done") setTimeout(() => { element.remove(); count(); }, STAY_MS);
  }
}

export function startLive() {
  const tray = document.getElementById("jobs-tray");
  if (tray?.dataset.events) openStream(tray.dataset.events, { job: onJob });
}
