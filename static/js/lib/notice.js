/* Notices in the corner: a failed htmx request, a script's own word. Their text comes from the server or the page. */

const words = () => document.getElementById("live-words")?.dataset ?? {};

/** Show a notice that stays until it is closed. `level` is ok, info, warn or bad. */
export function notify(title, hint = "", level = "bad") {
  const template = document.getElementById("notice-template");
  const region = document.getElementById("notices");
  if (!template || !region) return;
  const notice = template.content.firstElementChild.cloneNode(true);
  notice.classList.replace("notice-bad", `notice-${level}`);
  notice.querySelector('[data-field="title"]').textContent = title;
  notice.querySelector('[data-field="hint"]').textContent = hint;
  region.append(notice);
}

function showFragment(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const notice = parsed.querySelector(".notice");
  if (!notice) return notify(words().failed);
  document.getElementById("notices")?.append(document.adoptNode(notice));
}

function onClick(event) {
  if (event.target.closest("[data-dismiss]")) event.target.closest(".notice")?.remove();
}

export function startNotices() {
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:responseError", (event) => showFragment(event.detail.xhr.responseText));
  document.addEventListener("htmx:sendError", () => notify(words().unreachable, words().unreachableHint));
}
