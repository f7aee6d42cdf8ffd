/* The conversation page: shows an answer as it is written, resumes it after a reload, and swaps in the finished one. */
import { openStream } from "./lib/sse.js";

const NEAR_END_PX = 120;

function isNearEnd() {
  return document.documentElement.scrollHeight - window.scrollY - window.innerHeight < NEAR_END_PX;
}

function toEnd() {
  document.getElementById("messages")?.lastElementChild?.scrollIntoView({ block: "end" });
}

function follow(turn) {
  const text = turn.querySelector('[data-field="text"]');
  text.textContent = "";
  const stream = openStream(turn.dataset.stream, {
    delta: ({ text: piece }) => {
      const stick = isNearEnd();
      text.append(piece);
      if (stick) toEnd();
    },
    restart: () => { text.textContent = ""; },
    end: () => { stream.close(); finish(turn); },
  }, { keepHidden: true });
}

/* The server's own rendering carries citations and what was struck; it takes the place of the raw stream. */
async function finish(turn) {
  const answer = await fetch(turn.dataset.url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return location.reload();
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  turn.replaceWith(...parsed.body.children);
  for (const control of document.querySelectorAll("[data-ask] [disabled]")) control.disabled = false;
  document.getElementById("ask-text")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest("a.cite");
  if (!mark) return;
  const target = document.querySelector(mark.getAttribute("href"));
  if (target) target.open = true;
});

document.querySelector("[data-ask]")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
});

for (const turn of document.querySelectorAll("[data-stream]")) follow(turn);
toEnd();
