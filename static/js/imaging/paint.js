/* Stored values to grey levels, and both onto the canvas. */

/** Level 0 to 255 for each of the 65,536 stored values (PS3.3 C.11.2.1.2, linear). */
export function levels(picture, center, width, isInverted) {
  const table = new Uint8Array(65536);
  const span = Math.max(width - 1, 1e-6);
  for (let stored = -32768; stored < 32768; stored += 1) {
    const value = stored * picture.slope + picture.intercept;
    const share = Math.min(1, Math.max(0, (value - (center - 0.5)) / span + 0.5));
    const level = Math.round(share * 255);
    table[stored + 32768] = isInverted ? 255 - level : level;
  }
  return table;
}

/** The whole picture at its own size; kept by the caller until window or picture change. */
export function painted(picture, center, width, isInverted) {
  const canvas = new OffscreenCanvas(picture.columns, picture.rows);
  const context = canvas.getContext("2d");
  const image = context.createImageData(picture.columns, picture.rows);
  const out = new Uint32Array(image.data.buffer);
  if (picture.kind === "gray16") {
    const table = levels(picture, center, width, isInverted);
    for (let i = 0; i < out.length; i += 1) out[i] = 0xff000000 | (table[picture.values[i] + 32768] * 0x010101);
  } else {
    const rgb = picture.values;
    const flip = isInverted ? 0xffffff : 0;
    for (let i = 0, j = 0; i < out.length; i += 1, j += 3) {
      out[i] = 0xff000000 | ((rgb[j] | (rgb[j + 1] << 8) | (rgb[j + 2] << 16)) ^ flip);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Smallest and largest value in the unit of the window, over a sample. */
export function range(picture) {
  let low = Infinity;
  let high = -Infinity;
  const step = Math.max(1, Math.floor(picture.values.length / 200000));
  for (let i = 0; i < picture.values.length; i += step) {
    low = Math.min(low, picture.values[i]);
    high = Math.max(high, picture.values[i]);
  }
  const ends = [low, high].map((stored) => stored * picture.slope + picture.intercept);
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

/** Scale and origin that fit the picture into the canvas, then the reader's own zoom, pan and flips. */
export function transform(canvas, picture, view) {
  const [dy, dx] = picture.pixel_spacing?.length === 2 ? picture.pixel_spacing : [1, 1];
  const aspect = dx > 0 && dy > 0 ? dy / dx : 1;
  const fit = Math.min(canvas.width / picture.columns, canvas.height / (picture.rows * aspect));
  const scale = fit * view.zoom;
  return {
    a: scale * (view.flipH ? -1 : 1),
    d: scale * aspect * (view.flipV ? -1 : 1),
    e: canvas.width / 2 + view.x,
    f: canvas.height / 2 + view.y,
    scale,
  };
}

export function draw(canvas, picture, source, view, overlay) {
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const place = transform(canvas, picture, view);
  context.setTransform(place.a, 0, 0, place.d, place.e, place.f);
  context.imageSmoothingEnabled = place.scale < 3;
  context.imageSmoothingQuality = "high";
  const [width, height] = [picture.columns, picture.rows];
  context.drawImage(source, -width / 2, -height / 2, width, height);
  if (overlay) {
    context.globalAlpha = overlay.opacity;
    context.imageSmoothingEnabled = true;
    context.drawImage(overlay.image, -width / 2, -height / 2, width, height);
    context.globalAlpha = 1;
  }
  if (view.line) drawLine(context, picture, view.line, place);
}

function drawLine(context, picture, line, place) {
  const [from, to] = line;
  const at = (point) => [place.e + (point.x - picture.columns / 2) * place.a, place.f + (point.y - picture.rows / 2) * place.d];
  context.setTransform(1, 0, 0, 1, 0, 0);
  const [x1, y1] = at(from);
  const [x2, y2] = at(to);
  context.strokeStyle = "#ffd75e";
  context.fillStyle = "#ffd75e";
  context.lineWidth = 2 * devicePixelRatio;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
  context.font = `${13 * devicePixelRatio}px sans-serif`;
  context.fillText(lengthWords(picture, from, to), x2 + 8, y2 - 8);
}

/** In millimetres where the file gives the spacing, else in pixels. */
export function lengthWords(picture, from, to) {
  const [dy, dx] = picture.pixel_spacing?.length === 2 ? picture.pixel_spacing : [0, 0];
  const length = Math.hypot((to.x - from.x) * (dx || 1), (to.y - from.y) * (dy || 1));
  return dx && dy ? `${length.toFixed(1)} mm` : `${length.toFixed(0)} px`;
}

/** A place on the canvas as a place in the picture. */
export function toPicture(canvas, picture, view, point) {
  const place = transform(canvas, picture, view);
  return { x: (point.x - place.e) / place.a + picture.columns / 2, y: (point.y - place.f) / place.d + picture.rows / 2 };
}
