/* Dialogs, menus and confirmations declared in the page.
 *
 *   <a href="…" data-opens="ID">      opens <dialog id="ID"> (the link works without scripts)
 *   <button data-closes>              closes the dialog around it
 *   <form data-confirm="ID">          asks with <dialog id="ID"> first; its value="yes" button goes on
 *   <details class="menu">            closes on Esc and on a click elsewhere
 */

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  return dialog;
}

export function closeMenus(except = null) {
  let closed = false;
  for (const menu of document.querySelectorAll("details.menu[open], .decision details[open]")) {
    if (menu === except || menu.contains(except)) continue;
    menu.open = false;
    closed = true;
  }
  return closed;
}

function onClick(event) {
  const opener = event.target.closest("[data-opens]");
  if (opener && document.getElementById(opener.dataset.opens)) {
    event.preventDefault();
    openDialog(opener.dataset.opens);
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement) event.target.close();
  closeMenus(event.target);
}

function onSubmit(event) {
  const form = event.target;
  const dialog = form.dataset.confirm && document.getElementById(form.dataset.confirm);
  if (!dialog || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
  }, { once: true });
}

/* A panel that opens under its button may lie below the screen. */
function onToggle(event) {
  const panel = event.target.open && event.target.querySelector?.(":scope > .decision-panel");
  if (panel) panel.scrollIntoView({ block: "nearest" });
}

export function startDialogs() {
  document.addEventListener("toggle", onToggle, { capture: true });
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit, { capture: true });
}
