/* Writing a note: a count of characters, and a question before an unsaved text is left. */
const form = document.querySelector("[data-guard-unsaved]");
const count = document.querySelector("[data-counts]");
const text = document.getElementById("id_text");
let isChanged = Boolean(form?.querySelector('[aria-invalid="true"], .notice-bad'));

function showCount() {
  const limit = Number(count.dataset.limit);
  const length = [...text.value].length;
  const figure = (n) => n.toLocaleString(document.documentElement.lang);
  count.textContent = count.dataset.words.replace("{n}", figure(length)).replace("{limit}", figure(limit));
  count.classList.toggle("field-error", length > limit);
}

if (text && count) {
  text.addEventListener("input", showCount);
  if (text.value) showCount();
}

form?.addEventListener("input", () => { isChanged = true; });
form?.addEventListener("submit", () => { isChanged = false; });
window.addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});
