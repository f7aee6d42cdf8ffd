/* The conversation page: sends without leaving, shows an answer as it is written, resumes it after a reload, and
 * swaps in the finished one. Without this script the forms post and the page reloads itself.
 */
import { notify } from "./lib/notice.js";
import { openStream } from "./lib/sse.js";

const NEAR_END_PX = 160;
const COUNT_FROM = 0.8;

const words = () => document.getElementById("messages").dataset;
const fill = (pattern, values) => (pattern ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const field = (turn, name) => turn.querySelector(`[data-field="${name}"]`);

/* Reading on: the page follows the answer only while its end is in sight. */

const isNearEnd = () => document.documentElement.scrollHeight - scrollY - innerHeight < NEAR_END_PX;

function toEnd() {
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

function showWayToEnd() {
  const button = document.querySelector("[data-to-end]");
  if (button) button.hidden = isNearEnd();
}

function changed(change) {
  const stick = isNearEnd();
  change();
  if (stick) toEnd();
  showWayToEnd();
}

/* An answer on its way */

function follow(turn) {
  const text = field(turn, "text");
  const since = Date.now();
  let phase = {};
  const tick = () => showPhase(turn, phase, since);
  const timer = setInterval(tick, 1000);
  const stream = openStream(turn.dataset.stream, {
    delta: ({ text: piece }) => changed(() => text.append(piece)),
    restart: () => { text.textContent = ""; },
    phase: (data) => { phase = data; tick(); },
    end: () => { close(); finish(turn); },
    gone: () => { close(); location.reload(); },
  }, { lastId: turn.dataset.last, keepHidden: true, onState });
  function onState(state) {
    if (state === "waiting") field(turn, "state").textContent = words().away;
    if (state === "open") tick();
  }
  function close() {
    clearInterval(timer);
    stream.close();
  }
}

function showPhase(turn, { phase, ahead }, since) {
  const seconds = Math.round((Date.now() - since) / 1000);
  field(turn, "seconds").textContent = seconds > 1 ? fill(words().seconds, { n: seconds }) : "";
  if (!phase) return;
  const said = phase === "queued" && ahead ? fill(words().ahead, { n: ahead }) : words()[phase];
  if (field(turn, "state").textContent !== said) field(turn, "state").textContent = said;
}

/* The server's own rendering carries citations and what was struck; it takes the place of the raw stream. */
async function finish(turn) {
  const answer = await fetch(turn.dataset.url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return location.reload();
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  changed(() => turn.replaceWith(...parsed.body.children));
  setBusy(false);
}

/* Sending */

function setBusy(isBusy) {
  const send = document.querySelector("[data-send]");
  if (send) send.disabled = isBusy;
}

async function send(form) {
  if (document.querySelector("[data-send]").disabled) return;
  setBusy(true);
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer || answer.status >= 500) {
    setBusy(false);
    return notify(words().unsent);
  }
  take(new DOMParser().parseFromString(await answer.text(), "text/html"), answer);
}

function take(page, answer) {
  const fresh = page.getElementById("messages");
  if (!fresh) return location.assign(answer.url);
  document.getElementById("messages").replaceWith(fresh);
  const title = page.querySelector("[data-chat-title]");
  if (title) document.querySelector("[data-chat-title]").textContent = title.textContent;
  document.querySelector("[data-ask-error]").replaceChildren(...page.querySelector("[data-ask-error]").childNodes);
  const text = document.getElementById("ask-text");
  if (answer.ok) text.value = "";
  count();
  begin();
  text.focus({ preventScroll: true });
}

function begin() {
  const open = document.querySelectorAll("[data-stream]");
  setBusy(open.length > 0);
  open.forEach(follow);
  toEnd();
  showWayToEnd();
}

function count() {
  const text = document.getElementById("ask-text");
  const shown = document.querySelector("[data-count]");
  const most = Number(text.dataset.most);
  shown.hidden = text.value.length < most * COUNT_FROM;
  shown.classList.toggle("is-over", text.value.length > most);
  shown.textContent = fill(words().length, { n: text.value.length, most });
}

/* Keys and clicks */

document.addEventListener("submit", (event) => {
  if (!event.target.closest("[data-chat]") || event.target.closest(".page-head, .message-foot")) return;
  event.preventDefault();
  if (event.target.matches("[data-ask]")) send(event.target);
  else post(event.target);
});

async function post(form) {
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  if (!answer || answer.status >= 500) return notify(words().unsent);
  // A stopped answer is told by its own stream, which is still open.
  if (!form.querySelector("[data-stop]")) take(new DOMParser().parseFromString(await answer.text(), "text/html"), answer);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-to-end]")) toEnd();
  const mark = event.target.closest("a.cite");
  const target = mark && document.querySelector(mark.getAttribute("href"));
  if (!target) return;
  event.preventDefault();
  target.open = true;
  target.querySelector("summary").focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const isText = event.target.id === "ask-text";
  if (isText && event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
  // A menu that Esc has just closed has said so by preventing the default.
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
    document.querySelector("[data-stop]")?.form.requestSubmit();
  }
});

document.getElementById("ask-text")?.addEventListener("input", count);
addEventListener("scroll", showWayToEnd, { passive: true });
begin();
