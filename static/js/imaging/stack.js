/* The pictures of a series: loaded when needed, the neighbours ahead of need, a bounded number kept. */
import { getJson, HttpError } from "../lib/http.js";

const KEPT_BYTES = 384 * 1024 * 1024;
const AHEAD = 4;

export class Stack {
  static async load(url) {
    return new Stack((await getJson(url)).frames);
  }

  constructor(frames) {
    this.frames = frames;
    this.loaded = new Map();
    this.bytes = 0;
  }

  get length() {
    return this.frames.length;
  }

  indexOf(instance) {
    return Math.max(0, this.frames.findIndex((frame) => frame.instance === instance));
  }

  /** The picture at `index`, and its neighbours on their way. Rejects with HttpError. */
  async picture(index) {
    const wanted = await this.fetch(index);
    for (let step = 1; step <= AHEAD; step += 1) {
      for (const near of [index + step, index - step]) {
        if (near >= 0 && near < this.length) this.fetch(near).catch(() => {});
      }
    }
    return wanted;
  }

  fetch(index) {
    if (!this.loaded.has(index)) {
      const promise = load(this.frames[index].raw);
      promise.then((picture) => this.keep(index, picture), () => this.loaded.delete(index));
      this.loaded.set(index, promise);
    }
    return this.loaded.get(index);
  }

  keep(index, picture) {
    this.bytes += picture.values.byteLength;
    for (const [old, promise] of this.loaded) {
      if (this.bytes <= KEPT_BYTES || old === index) break;
      this.loaded.delete(old);
      promise.then((gone) => { this.bytes -= gone.values.byteLength; });
    }
  }
}

async function load(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new HttpError(response);
  const description = JSON.parse(response.headers.get("X-Frame"));
  const buffer = await response.arrayBuffer();
  // Every browser in use runs on little-endian machines, which is how the values come.
  const values = description.kind === "gray16" ? new Int16Array(buffer) : new Uint8Array(buffer);
  return { ...description, values };
}
