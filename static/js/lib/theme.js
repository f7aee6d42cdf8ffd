/* The theme changes at once; the form's post remembers it with the account and in a cookie. */
import { postForm } from "./http.js";

function onSubmit(event) {
  const form = event.target;
  const chosen = event.submitter;
  if (!form.matches("[data-theme-form]") || !chosen?.value) return;
  event.preventDefault();
  document.documentElement.dataset.theme = chosen.value;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === chosen));
  }
  const shown = form.closest("details")?.querySelector("summary use");
  shown?.setAttribute("href", chosen.querySelector("use").getAttribute("href"));
  form.closest("details")?.removeAttribute("open");
  postForm(form.action, { theme: chosen.value }).catch(() => form.submit());
}

export function startTheme() {
  document.addEventListener("submit", onSubmit);
}
