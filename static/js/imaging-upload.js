/* The drop area: takes files and folders, sends them one by one on a few connections, shows each verdict. */
import { csrfToken, postForm, getJson } from "./lib/http.js";
import { notify } from "./lib/notice.js";
import { droppedFiles } from "./imaging/drop.js";

const CONNECTIONS = 3;
const SHOWN_VERDICTS = 200;
const POLL_MS = 700;

const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

class Sending {
  constructor(root, files) {
    this.root = root;
    this.queue = files;
    this.total = files.length;
    this.done = 0;
    this.counts = {};
    this.startedAt = performance.now();
    this.isCancelled = false;
    this.lost = [];
    this.opened = null;
  }

  async start() {
    const body = new FormData();
    body.append("expected", String(this.total));
    const form = this.root.querySelector("[data-upload-form]");
    const response = await fetch(form.action, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" } });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    this.urls = await response.json();
    this.field("page").href = this.urls.page;
    await this.sendAll();
  }

  async sendAll() {
    this.show();
    await Promise.all(Array.from({ length: CONNECTIONS }, () => this.sendNext()));
    this.end();
  }

  async sendNext() {
    while (this.queue.length && !this.isCancelled) {
      const item = this.queue.shift();
      try {
        await this.send(item);
      } catch {
        this.lost.push(item);
      }
      this.show();
    }
  }

  async send({ file, name }) {
    const url = `${this.urls.files}?name=${encodeURIComponent(name)}`;
    const watch = /\.zip$/i.test(name) ? this.watch() : null;
    try {
      const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json", "Content-Type": "application/octet-stream" };
      const response = await fetch(url, { method: "POST", body: file, headers });
      if (response.status === 409) this.isCancelled = true;
      else if (response.status === 413) await this.tooLarge(response, name);
      else if (!response.ok) throw new Error(`HTTP ${response.status}`);
      else this.take((await response.json()).verdicts);
    } finally {
      watch?.();
    }
  }

  async tooLarge(response, name) {
    const problem = await response.json();
    this.take([{ file: name, verdict: "refused", message: problem.title ?? problem.detail ?? "", hint: "" }]);
  }

  /** While the server takes a ZIP apart: its own count. */
  watch() {
    const timer = setInterval(async () => {
      try {
        const state = await getJson(`${this.urls.verdicts}?after=999999`);
        this.show(state.total, Math.max(this.total, state.expected ?? 0));
      } catch { /* the next poll tries again */ }
    }, POLL_MS);
    return () => clearInterval(timer);
  }

  take(verdicts) {
    this.done += verdicts.length;
    this.total += Math.max(0, verdicts.length - 1);
    for (const verdict of verdicts) {
      this.counts[verdict.verdict] = (this.counts[verdict.verdict] ?? 0) + 1;
      if (verdict.verdict === "stored" && verdict.url && !this.opened) this.opened = verdict.url;
      this.addRow(verdict);
    }
  }

  addRow(verdict) {
    const list = this.field("verdicts");
    const row = this.root.querySelector(`template[data-verdict="${verdict.verdict}"]`).content.firstElementChild.cloneNode(true);
    row.querySelector('[data-field="file"]').textContent = verdict.file;
    row.querySelector('[data-field="file"]').title = verdict.file;
    row.querySelector('[data-field="message"]').textContent = [verdict.message, verdict.hint].filter(Boolean).join(" ");
    const link = row.querySelector('[data-field="link"]');
    if (verdict.url) { link.href = verdict.url; link.hidden = false; }
    // What needs a person stays on top; the stored ones beyond the first few are counted, not listed.
    if (verdict.verdict === "stored") list.append(row); else list.prepend(row);
    if (list.children.length > SHOWN_VERDICTS) list.lastElementChild.remove();
  }

  field(name) {
    return this.root.querySelector(`[data-upload-progress] [data-field="${name}"]`);
  }

  show(done = this.done, total = this.total) {
    const words = this.root.dataset;
    this.root.querySelector("[data-upload-progress]").hidden = false;
    this.field("bar").max = total;
    this.field("bar").value = done;
    this.field("count").textContent = fill(words.wordsProgress, { done, total });
    const seconds = (performance.now() - this.startedAt) / 1000;
    const rate = done / Math.max(seconds, 0.1);
    const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
    const parts = done ? [fill(words.wordsRate, { rate: rate >= 10 ? Math.round(rate) : rate.toFixed(1) })] : [];
    if (left > 2) parts.push(fill(words.wordsLeft, { n: left }));
    this.field("detail").textContent = parts.join(" · ");
    for (const item of this.root.querySelectorAll("[data-count]")) {
      const n = this.counts[item.dataset.count] ?? 0;
      item.hidden = n === 0;
      item.querySelector('[data-field="n"]').textContent = n;
    }
  }

  end() {
    const words = this.root.dataset;
    this.show();
    const isLost = this.lost.length > 0 && !this.isCancelled;
    this.root.querySelector("[data-upload-retry]").hidden = !isLost;
    this.root.querySelector("[data-upload-cancel]").hidden = !isLost;
    this.field("page").hidden = false;
    if (this.opened) { this.field("open").href = this.opened; this.field("open").hidden = false; }
    if (this.isCancelled) this.field("detail").textContent = words.wordsCancelled;
    else if (isLost) this.field("detail").textContent = fill(words.wordsLost, { n: this.lost.length });
    else {
      this.field("detail").textContent = fill(words.wordsDone, { total: this.total });
      current = null;
    }
    document.dispatchEvent(new CustomEvent("medapp:uploaded", { detail: { counts: this.counts } }));
  }

  retry() {
    this.queue = this.lost;
    this.lost = [];
    this.root.querySelector("[data-upload-retry]").hidden = true;
    return this.sendAll();
  }

  async cancel() {
    this.isCancelled = true;
    this.queue = [];
    await postForm(this.urls.cancel);
    current = null;
    this.end();
  }
}

let current = null;

async function begin(root, files) {
  if (!files.length || current) return;
  current = new Sending(root, files);
  root.querySelector('[data-field="verdicts"]').replaceChildren();
  root.querySelector("[data-upload-cancel]").hidden = false;
  for (const name of ["page", "open"]) current.field(name).hidden = true;
  try {
    await current.start();
  } catch {
    current = null;
    notify(document.getElementById("live-words")?.dataset.unreachable ?? "");
  }
}

function named(list) {
  return [...list].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
}

function attach(root) {
  const drop = root.querySelector(".drop");
  for (const pick of root.querySelectorAll("[data-upload-pick]")) pick.hidden = false;
  for (const input of root.querySelectorAll("[data-upload-input]")) {
    // Space opens the browser's own dialog; Enter is what a button is expected to answer to as well.
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); input.click(); } });
    input.addEventListener("change", () => { begin(root, named(input.files)); input.value = ""; });
  }
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    begin(root, await droppedFiles(event.dataTransfer));
  });
  root.querySelector("[data-upload-cancel]").addEventListener("click", () => current?.cancel());
  root.querySelector("[data-upload-retry]").addEventListener("click", () => current?.retry());
}

document.querySelectorAll("[data-upload]").forEach(attach);
// A file dropped beside the field must not replace the page.
for (const name of ["dragover", "drop"]) {
  window.addEventListener(name, (event) => { if (!event.target.closest?.(".drop")) event.preventDefault(); });
}
window.addEventListener("beforeunload", (event) => { if (current) event.preventDefault(); });
