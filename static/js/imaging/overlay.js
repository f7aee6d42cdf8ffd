/* The heat map that another department offers on the page: [data-overlay-url], with [data-overlay-opacity]. */

const DEFAULT_OPACITY = 0.4;

export class Overlay {
  constructor(onChange) {
    this.onChange = onChange;
    this.isOn = true;
    this.image = null;
    this.url = "";
    document.addEventListener("input", (event) => { if (event.target.matches("[data-overlay-opacity]")) this.onChange(); });
    new MutationObserver(() => this.find()).observe(document.body, { childList: true, subtree: true });
    this.find();
  }

  /** The heat map for the picture that is shown; panels come and go while the page is open. */
  find() {
    const url = document.querySelector("[data-panels] [data-overlay-url]")?.dataset.overlayUrl ?? "";
    if (url === this.url) return;
    this.url = url;
    this.image = null;
    if (!url) return this.onChange();
    const image = new Image();
    image.addEventListener("load", () => { if (this.url === url) { this.image = image; this.onChange(); } });
    image.src = url;
  }

  get opacity() {
    const slider = document.querySelector("[data-panels] [data-overlay-opacity]");
    return slider ? Number(slider.value) / 100 : DEFAULT_OPACITY;
  }

  toggle() {
    this.isOn = !this.isOn;
    this.onChange();
  }

  /** What to draw, or null. */
  get drawn() {
    return this.isOn && this.image ? { image: this.image, opacity: this.opacity } : null;
  }
}
