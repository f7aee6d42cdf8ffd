/* Keys declared in the page, and keys of a page's own script.
 *
 *   <a data-key="g p">, <button data-key="a">, <input data-key="/">
 * A link or button is clicked, a field is focused, a <summary> is toggled. data-key-label names the key in the
 * list under "?" where the element's own words do not. A script adds keys with
 *   onKey("z", handler, "Zoom")   -> a function that removes it again
 *
 * Nothing fires while somebody types, while an input method composes, or with Ctrl, Alt or Meta held.
 */
import { closeMenus, openDialog } from "./dialog.js";

const PREFIX_MS = 1000;
const handlers = new Map();
let pending = "";
let pendingTimer = 0;

export function onKey(key, handler, label = "") {
  handlers.set(key, { handler, label });
  return () => handlers.delete(key);
}

function isTyping(event) {
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  return Boolean(field) && !["checkbox", "radio", "button", "submit"].includes(field.type);
}

function isShown(element) {
  return element.getClientRects().length > 0 && !element.disabled;
}

/** The suggestion that a, e and r are meant for: the focused one, else the first undecided on the screen. */
export function currentSuggestion() {
  const focused = document.activeElement?.closest?.(".ai");
  if (focused) return focused;
  const open = [...document.querySelectorAll('.ai[data-status="open"], .ai[data-status="abstained"]')];
  return open.find((item) => item.getBoundingClientRect().bottom > 100) ?? open[0] ?? null;
}

function declared(key) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(isShown);
  const dialog = document.querySelector("dialog[open]");
  const inside = dialog ? all.filter((element) => dialog.contains(element)) : all;
  const suggestion = currentSuggestion();
  return inside.find((element) => suggestion?.contains(element)) ?? inside[0] ?? null;
}

function activate(element) {
  if (element.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
    element.focus();
    element.select?.();
    return;
  }
  if (element.matches("input")) element.focus();
  element.click();
  const details = element.matches("summary") ? element.parentElement : null;
  if (details?.open) details.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function rows() {
  const selector = "[data-row], .table tbody tr, .list > li";
  return [...document.querySelectorAll(selector)].filter((row) => isShown(row) && rowLink(row));
}

function rowLink(row) {
  return row.matches("a") ? row : row.querySelector("a[href], button");
}

function moveRow(step) {
  const all = rows().filter((row) => !row.closest(".menu"));
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  rowLink(all[next]).focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function nextUndecided() {
  const open = [...document.querySelectorAll('.ai[data-status="open"], .ai[data-status="abstained"]')];
  if (!open.length) return;
  const at = open.findIndex((item) => item.contains(document.activeElement));
  const next = open[(at + 1) % open.length];
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const general = {
  j: () => moveRow(1),
  k: () => moveRow(-1),
  n: nextUndecided,
  "?": () => { listPageKeys(); openDialog("keys"); },
};

function run(key) {
  const own = document.querySelector("dialog[open]") ? null : handlers.get(key);
  if (own) return own.handler() !== false;
  const element = declared(key);
  if (element) return activate(element), true;
  if (general[key]) return general[key](), true;
  return false;
}

function isPrefix(key) {
  const start = `${key} `;
  return [...handlers.keys()].some((name) => name.startsWith(start))
    || document.querySelector(`[data-key^="${CSS.escape(start)}"]`) !== null;
}

function onEscape(event) {
  if (closeMenus()) event.preventDefault();
  else if (isTyping(event)) event.target.blur();
}

function onKeyDown(event) {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return onEscape(event);
  if (isTyping(event)) return;
  const key = pending ? `${pending} ${event.key}` : event.key;
  clearTimeout(pendingTimer);
  pending = "";
  if (isPrefix(key)) {
    pending = key;
    pendingTimer = setTimeout(() => { pending = ""; }, PREFIX_MS);
    event.preventDefault();
  } else if (run(key)) {
    event.preventDefault();
  }
}

const LISTED = new Set(["/", "a", "e", "r", "u", "c", "n", "j", "k", "?"]);

/** What an element says, without the key that it shows. */
function labelOf(element) {
  const said = element.dataset.keyLabel || element.getAttribute("aria-label") || element.title;
  if (said) return said;
  const words = [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent);
  return words.join("").trim();
}

function pageKeys() {
  const found = new Map([...handlers].map(([key, { label }]) => [key, label]));
  for (const element of document.querySelectorAll("[data-key]")) {
    const key = element.dataset.key;
    if (LISTED.has(key) || key.includes(" ") || /^\d$/.test(key)) continue;
    found.set(key, labelOf(element));
  }
  return found;
}

function listPageKeys() {
  const section = document.querySelector("[data-page-keys]");
  if (!section) return;
  const rowsOfKeys = [...pageKeys()].filter(([, label]) => label).map(([key, label]) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    const mark = document.createElement("kbd");
    term.textContent = label;
    mark.textContent = key === " " ? "␣" : key;
    detail.append(mark);
    row.append(term, detail);
    return row;
  });
  section.querySelector("dl").replaceChildren(...rowsOfKeys);
  section.hidden = rowsOfKeys.length === 0;
}

export function startKeys() {
  document.addEventListener("keydown", onKeyDown);
}
