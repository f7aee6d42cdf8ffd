/* Panels of what models say: when a job about the panel's subject ends, the panel is loaded again. */
const ENDED = new Set(["done", "parked", "cancelled"]);

document.addEventListener("medapp:job", ({ detail: job }) => {
  if (!ENDED.has(job.status)) return;
  const pending = document.querySelector(`.ai-panel [data-job="${CSS.escape(job.id)}"]`);
  const panels = pending ? [pending.closest(".ai-panel")] : document.querySelectorAll(".ai-panel:has(.ai-pending)");
  for (const panel of panels) window.htmx.trigger(panel, "refresh-panel");
});
