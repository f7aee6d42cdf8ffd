/* The overview of a patient: printing needs a script, so its button shows only where scripts run. */
const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
