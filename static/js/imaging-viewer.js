/* The reading page: one viewport, a stack to scroll through, window, zoom, measure, heat map. */
import { onKey } from "./lib/keys.js";
import { Overlay } from "./imaging/overlay.js";
import { draw, painted, range, toPicture } from "./imaging/paint.js";
import { Stack } from "./imaging/stack.js";

const PANELS_WAIT_MS = 350;

class Viewer {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector("[data-stage]");
    this.canvas = root.querySelector("[data-canvas]");
    this.tool = "window";
    this.index = 0;
    this.reset();
    this.overlay = new Overlay(() => this.showOverlay());
    new ResizeObserver(() => this.resize()).observe(this.stage);
    this.bindTools();
    this.bindPointer();
    this.bindKeys();
  }

  async open(link, instance = "") {
    for (const other of document.querySelectorAll("[data-series]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    this.say(this.root.dataset.wordsLoading);
    try {
      this.stack = await Stack.load(link.dataset.frames);
    } catch {
      return this.say(this.root.dataset.wordsFailed);
    }
    this.reset();
    this.window = null;
    this.showSlider();
    if (!this.stack.length) return this.say(this.root.dataset.wordsNothing);
    await this.show(instance ? this.stack.indexOf(instance) : Math.floor(this.stack.length / 2));
  }

  async show(index) {
    if (!this.stack?.length) return;
    this.index = Math.min(this.stack.length - 1, Math.max(0, index));
    const wanted = this.index;
    this.syncSlider();
    try {
      const picture = await this.stack.picture(wanted);
      if (wanted !== this.index) return;
      this.picture = picture;
    } catch {
      if (wanted === this.index) this.say(this.root.dataset.wordsFailed);
      return;
    }
    this.say("");
    if (!this.window) this.useFileWindow();
    this.paint();
    this.showPanels();
  }

  reset() {
    this.view = { zoom: 1, x: 0, y: 0, flipH: false, flipV: false, line: null };
    this.isInverted = false;
  }

  useFileWindow() {
    this.window = { center: this.picture.window_center, width: this.picture.window_width };
  }

  paint() {
    if (!this.picture) return;
    const isInverted = this.isInverted !== this.picture.is_inverted;
    this.source = painted(this.picture, this.window.center, this.window.width, isInverted);
    this.redraw();
  }

  redraw() {
    if (!this.picture || !this.source) return;
    cancelAnimationFrame(this.pending);
    this.pending = requestAnimationFrame(() => {
      draw(this.canvas, this.picture, this.source, this.view, this.overlay.drawn);
      this.root.dataset.state = "drawn";
      this.showCorners();
    });
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(this.stage.clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(this.stage.clientHeight * ratio));
    this.redraw();
  }

  say(words) {
    this.root.querySelector("[data-note]").textContent = words;
  }

  showCorners() {
    const corner = (name, text) => { this.root.querySelector(`[data-corner="${name}"]`).textContent = text; };
    const frame = this.stack.frames[this.index];
    corner("position", this.stack.length > 1 ? `${this.index + 1} / ${this.stack.length}` : "");
    corner("view", frame.view);
    corner("window", this.picture.kind === "gray16" ? `C ${Math.round(this.window.center)} W ${Math.round(this.window.width)}` : "");
    corner("zoom", `${Math.round(this.view.zoom * 100)} %`);
    this.press("invert", this.isInverted);
    this.press("flip-h", this.view.flipH);
    this.press("flip-v", this.view.flipV);
  }

  press(name, isOn) {
    this.root.querySelector(`[data-act="${name}"]`)?.setAttribute("aria-pressed", String(isOn));
  }

  showOverlay() {
    const button = this.root.querySelector('[data-act="overlay"]');
    button.hidden = !this.overlay.image;
    this.press("overlay", this.overlay.isOn);
    this.redraw();
  }

  /** Once the scrolling rests: what other departments say about this picture. */
  showPanels() {
    const frame = this.stack.frames[this.index];
    clearTimeout(this.panelsTimer);
    if (frame.instance === (this.panelsOf ?? this.root.dataset.instance)) return;
    this.panelsTimer = setTimeout(() => {
      this.panelsOf = frame.instance;
      window.htmx?.ajax("GET", frame.panels, { target: "#instance-panels", swap: "outerHTML" });
    }, PANELS_WAIT_MS);
  }

  showSlider() {
    const box = this.root.querySelector("[data-slider]");
    box.hidden = this.stack.length < 2;
    const input = box.querySelector("input");
    input.max = this.stack.length;
    input.oninput = () => this.show(Number(input.value) - 1);
  }

  syncSlider() {
    const box = this.root.querySelector("[data-slider]");
    box.querySelector("input").value = this.index + 1;
    box.querySelector("output").textContent = `${this.index + 1} / ${this.stack.length}`;
  }

  usePreset(value) {
    if (!this.picture) return;
    const now = this.window;
    const ends = range(this.picture);
    const named = {
      file: () => ({ center: this.picture.window_center, width: this.picture.window_width }),
      full: () => ({ center: (ends.low + ends.high) / 2, width: ends.high - ends.low + 1 }),
      narrow: () => ({ center: now.center, width: now.width * 0.6 }),
      wide: () => ({ center: now.center, width: now.width * 1.6 }),
    };
    const [center, width] = value.split(",").map(Number);
    this.window = named[value]?.() ?? { center, width };
    this.paint();
  }

  act(name) {
    if (name === "invert") { this.isInverted = !this.isInverted; return this.paint(); }
    if (name === "overlay") return this.overlay.toggle();
    if (name === "flip-h") this.view.flipH = !this.view.flipH;
    if (name === "flip-v") this.view.flipV = !this.view.flipV;
    if (name === "reset") { this.reset(); this.useFileWindow(); return this.paint(); }
    return this.redraw();
  }

  choose(tool) {
    this.tool = tool;
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
  }

  bindTools() {
    for (const button of this.root.querySelectorAll("[data-tool]")) button.addEventListener("click", () => this.choose(button.dataset.tool));
    for (const button of this.root.querySelectorAll("[data-act]")) button.addEventListener("click", () => this.act(button.dataset.act));
    const presets = this.root.querySelector("[data-presets]");
    const kind = this.root.dataset.modalityShown === "CT" ? "CT" : "other";
    for (const option of presets.querySelectorAll(`option[data-modality]:not([data-modality="${kind}"])`)) option.remove();
    presets.addEventListener("change", () => this.usePreset(presets.value));
    this.choose("window");
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const ratio = this.canvas.width / box.width;
    return { x: (event.clientX - box.left) * ratio, y: (event.clientY - box.top) * ratio };
  }

  bindPointer() {
    let last = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      if (!this.picture) return;
      this.canvas.setPointerCapture(event.pointerId);
      last = this.place(event);
      if (this.toolFor(event) === "length") {
        const point = toPicture(this.canvas, this.picture, this.view, last);
        this.view.line = [point, point];
      }
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const now = this.place(event);
      this.drag(this.toolFor(event), now.x - last.x, now.y - last.y, now);
      last = now;
    });
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => { last = null; });
    this.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** The right button zooms and the middle one moves, whatever tool is chosen. */
  toolFor(event) {
    if (event.buttons & 2) return "zoom";
    return event.buttons & 4 ? "pan" : this.tool;
  }

  drag(tool, dx, dy, now) {
    if (tool === "window") {
      const step = Math.max(this.window.width, 10) / 300;
      this.window = { center: this.window.center + dy * step, width: Math.max(1, this.window.width + dx * step) };
      return this.paint();
    }
    if (tool === "zoom") this.view.zoom = Math.min(40, Math.max(0.1, this.view.zoom * Math.exp(-dy / 200)));
    if (tool === "pan") { this.view.x += dx; this.view.y += dy; }
    if (tool === "length" && this.view.line) this.view.line[1] = toPicture(this.canvas, this.picture, this.view, now);
    return this.redraw();
  }

  wheel(event) {
    event.preventDefault();
    if (event.ctrlKey || this.stack?.length < 2) return this.drag("zoom", 0, event.deltaY / 2);
    this.show(this.index + Math.sign(event.deltaY));
  }

  nextSeries(step) {
    const links = [...document.querySelectorAll("[data-series]")];
    const at = links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = links[at + step];
    if (next) this.open(next);
  }

  bindKeys() {
    for (const button of this.root.querySelectorAll("[data-viewer-key]")) {
      onKey(button.dataset.viewerKey, () => button.click(), button.title || button.textContent.trim().replace(/\s+\S$/, ""));
    }
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    for (const [key, step] of Object.entries(steps)) onKey(key, () => { this.show(this.index + step); });
    onKey("Home", () => { this.show(0); });
    onKey("End", () => { this.show(this.stack.length - 1); });
    onKey("PageDown", () => this.nextSeries(1));
    onKey("PageUp", () => this.nextSeries(-1));
    for (const digit of ["1", "2", "3", "4"]) onKey(digit, () => this.digit(digit));
  }

  /** Digits answer an open decision form first; they are presets otherwise. */
  digit(digit) {
    const reason = [...document.querySelectorAll(`[data-panels] [data-key="${digit}"]`)].find((item) => item.getClientRects().length);
    if (reason) return reason.click();
    const presets = this.root.querySelector("[data-presets]");
    const option = presets.options[Number(digit) - 1];
    if (option) { presets.value = option.value; this.usePreset(option.value); }
  }
}

const root = document.querySelector("[data-viewer]");
if (root) {
  const viewer = new Viewer(root);
  for (const link of document.querySelectorAll("[data-series]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); viewer.open(link); });
  }
  const link = document.querySelector("[data-series][aria-current]");
  if (link) viewer.open(link, root.dataset.instance);
}
