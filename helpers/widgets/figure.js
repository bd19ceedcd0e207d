// Shows a picture: axes as SVG, and over them the lines, areas, marks, texts and colours of a frame, whose
// format stands in helpers/pictures/frame.py. What they mean is no business of this file. In a notebook
// anywidget calls `render`; a page without a kernel calls `figure` and hands the pictures to `show` itself.

const FONT = '"DejaVu Sans", Verdana, sans-serif';
const SIGNS = ["data-jp-theme-light", "data-vscode-theme-kind", "data-theme", "theme", "class", "style"];
const MEDIA = ["print", "(forced-colors: active)", "(prefers-color-scheme: dark)"];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };

/** The header of a frame, with each array in the place that names it. */
export function parse(data) {
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const length = new DataView(bytes).getUint32(0, true);
  const header = new TextDecoder().decode(new Uint8Array(bytes, 4, length));
  return JSON.parse(header, (_, value) => {
    if (value?.float32) return new Float32Array(bytes, 4 + length + value.float32[0], value.float32[1]);
    if (value?.uint8) return new Uint8Array(bytes, 4 + length + value.uint8[0], value.uint8[1]);
    return value;
  });
}

/** What the page around an element is: 0 light, 1 dark. */
export function themeOf(element) {
  const [printed, forced, dark] = MEDIA.map((query) => matchMedia(query).matches);
  if (printed) return 0;
  if (forced) return Number(dark);
  const { body, documentElement: root } = document;
  const lab = body.dataset.jpThemeLight, code = body.dataset.vscodeThemeKind;
  if (lab) return Number(lab === "false");
  if (code) return Number(["vscode-dark", "vscode-high-contrast"].includes(code));
  if (root.getAttribute("theme")) return Number(root.getAttribute("theme") === "dark"); // Colab
  for (let up = element; up; up = up.parentElement) {
    const [red, green, blue, opacity = 1] = getComputedStyle(up).backgroundColor.match(/[\d.]+/g).map(Number);
    if (opacity > 0.5) return Number(0.3 * red + 0.6 * green + 0.1 * blue < 128);
  }
  return Number(dark && getComputedStyle(root).colorScheme.includes("dark"));
}

/** Begin the path through points x, y, x, y …; NaN lifts the pen. */
function trace(context, points, closed = false, left = 0, top = 0) {
  let down = false;
  for (let i = 0; i <= points.length; i += 2) {
    const here = points[i] === points[i]; // neither NaN nor the end
    if (here && down) context.lineTo(left + points[i], top + points[i + 1]);
    else if (here) context.moveTo(left + points[i], top + points[i + 1]);
    else if (down && closed) context.closePath();
    down = here && i < points.length;
  }
}

const KINDS = {
  stroke(context, { points, colour, width, dash }, theme) {
    context.beginPath();
    trace(context, points);
    pen(context, colour[theme], width, dash);
    context.stroke();
  },
  fill(context, { points, colour }, theme) {
    context.beginPath();
    trace(context, points, true);
    context.fillStyle = colour[theme];
    context.fill();
  },
  stamp(context, { points, shape, colour, edge, width }, theme) {
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) trace(context, shape, true, points[i], points[i + 1]);
    context.fillStyle = colour[theme];
    context.fill();
    pen(context, edge[theme], width);
    context.stroke();
  },
  text(context, { x, y, text, colour, size, bold, align, circle }, theme, width) {
    if (circle) {
      context.beginPath();
      context.arc(x, circle.y, circle.radius, 0, 2 * Math.PI);
      context.fillStyle = circle.fill[theme];
      context.fill();
      pen(context, circle.edge[theme], circle.width);
      context.stroke();
    }
    context.font = `${bold ? "bold " : ""}${size}px ${FONT}`;
    context.fillStyle = colour[theme];
    context.textAlign = align;
    context.fillText(text, x, y, align === "left" ? width - x : x);
  },
  image(context, { box, columns, rows, palette, indexes }) {
    const small = new OffscreenCanvas(columns, rows).getContext("2d");
    const colours = new Uint32Array(palette.buffer, palette.byteOffset, palette.length / 4);
    const pixels = small.createImageData(columns, rows);
    new Uint32Array(pixels.data.buffer).set(Array.from(indexes, (index) => colours[index]));
    small.putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small.canvas, ...box);
    context.imageSmoothingEnabled = true;
  },
};

function pen(context, colour, width, dash = []) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.lineCap = dash.length ? "butt" : "square";
  context.setLineDash(dash);
}

function drawItem(context, item, theme, width) {
  context.save();
  if (item.clip) {
    context.beginPath();
    context.rect(...item.clip);
    context.clip();
  }
  KINDS[item.kind](context, item, theme, width);
  context.restore();
}

/** A place's values in words: "epoch 12: train accuracy 71.2 %, test accuracy 70.4 %". */
export function inWords(columns, place) {
  const [first, ...others] = columns.map(({ name, unit, digits, values }) => {
    const value = values[place];
    if (!Number.isFinite(value)) return `${name} no number`;
    return `${name} ${digits === null ? Number(value.toPrecision(3)) : value.toFixed(digits)}${unit}`;
  });
  return `${first}: ${others.join(", ")}`;
}

/** Put a picture into an element; show({background, dark, frame}) changes it, remove() ends it. */
export function figure(element, { width, height, label }) {
  const room = element.appendChild(document.createElement("div"));
  const canvas = room.appendChild(document.createElement("canvas"));
  const line = room.appendChild(document.createElement("div"));
  const words = line.appendChild(document.createElement("span"));
  const context = canvas.getContext("2d");
  const images = new Map(); // SVG: its image, when it is ready, and the image in pixels of this screen
  let next = null, shown = null, busy = false, place = null, number = 0;

  room.style.cssText = `width: ${width}px; max-width: 100%`;
  canvas.style.cssText = `display: block; width: 100%; aspect-ratio: ${width} / ${height}; touch-action: pan-y`;
  line.style.cssText = "font-size: 12px; line-height: 1.4; padding-left: 0.5em; text-align: left";
  line.setAttribute("aria-live", "polite");
  const attributes = { role: "img", "aria-label": label, tabindex: 0, "data-lm-suppress-shortcuts": "true" };
  for (const [name, value] of Object.entries(attributes)) canvas.setAttribute(name, value);

  function load(svg) {
    if (!images.has(svg)) {
      const image = new Image();
      const ready = new Promise((done) => { image.onload = image.onerror = done; });
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
      images.set(svg, { image, ready });
      if (images.size > 16) images.delete(images.keys().next().value);
    }
    return images.get(svg).ready;
  }

  function pixels(svg) { // decoded once for each size, then copied
    const kept = images.get(svg);
    if (kept.pixels?.width !== canvas.width || kept.pixels?.height !== canvas.height) {
      kept.pixels = new OffscreenCanvas(canvas.width, canvas.height);
      kept.pixels.getContext("2d").drawImage(kept.image, 0, 0, canvas.width, canvas.height);
    }
    return kept.pixels;
  }

  function draw() {
    const theme = themeOf(room), svg = shown?.backgrounds[theme];
    if (!canvas.width || !images.get(svg)?.image.complete) return;
    const { frame } = shown, { items, readout } = frame;
    const under = items.filter((item) => item.kind === "image");
    const over = items.filter((item) => item.kind !== "image");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.scale(canvas.width / frame.width, canvas.height / frame.height);
    for (const item of under) drawItem(context, item, theme, frame.width);
    context.drawImage(pixels(svg), 0, 0, frame.width, frame.height);
    for (const item of over) drawItem(context, item, theme, frame.width);
    if (readout) read(readout, theme);
    canvas.frame = frame;
    canvas.dataset.frameNumber = ++number;
  }

  function read({ x, y, top, bottom, colour, columns }, theme) {
    if (place >= x.length) place = x.length - 1;
    words.textContent = inWords(columns, place ?? x.length - 1); // unseen, it keeps the room
    words.style.visibility = place === null ? "hidden" : "visible";
    if (place === null) return;
    context.beginPath();
    if (y) context.arc(x[place], y[place], 8, 0, 2 * Math.PI);
    else trace(context, [x[place], top, x[place], bottom]);
    pen(context, colour[theme], 1);
    context.stroke();
  }

  function point(to) {
    if (to === place || !shown?.frame.readout) return;
    place = to;
    draw();
  }

  function nearest(event) {
    const { left, top, width: wide } = canvas.getBoundingClientRect(), { x, y } = shown.frame.readout;
    const [toX, toY] = [event.clientX - left, event.clientY - top].map((length) => (length * width) / wide);
    const distances = Array.from(x, (_, i) => Math.hypot(x[i] - toX, y ? y[i] - toY : 0));
    return distances.indexOf(Math.min(...distances));
  }

  function onKey(event) {
    const last = shown?.frame.readout?.x.length - 1, step = STEPS[event.key];
    if (event.key === "Escape") point(null);
    if (!step || !(last >= 0) || event.ctrlKey || event.altKey || event.metaKey) return;
    point(Math.min(Math.max((place ?? (step > 0 ? -1 : last + 1)) + step, 0), last));
    event.preventDefault();
    event.stopPropagation();
  }

  async function show(picture = next ?? shown) { // while one is loading, only the last of the others is kept
    next = picture;
    if (busy) return;
    busy = true;
    while (next) {
      const { background, dark, frame, backgrounds = [background, dark] } = next;
      next = null;
      await load(backgrounds[themeOf(room)]);
      shown = { backgrounds, frame: frame.items ? frame : parse(frame) };
      draw();
      backgrounds.forEach(load); // the other theme's, for later
    }
    busy = false;
  }

  const sizes = new ResizeObserver(([entry]) => {
    const exact = entry.devicePixelContentBoxSize?.[0];
    canvas.width = exact?.inlineSize ?? Math.round(entry.contentRect.width * devicePixelRatio);
    canvas.height = exact?.blockSize ?? Math.round(entry.contentRect.height * devicePixelRatio);
    draw();
  });
  try { sizes.observe(canvas, { box: "device-pixel-content-box" }); } catch { sizes.observe(canvas); }
  const themes = new MutationObserver(() => show());
  const queries = MEDIA.map((query) => matchMedia(query));
  const retheme = () => { draw(); show(); };
  for (const sign of [document.documentElement, document.body]) themes.observe(sign, { attributeFilter: SIGNS });
  for (const query of queries) query.addEventListener("change", retheme);
  for (const name of ["pointermove", "pointerdown"])
    canvas.addEventListener(name, (event) => shown?.frame.readout && point(nearest(event)));
  canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && point(null));
  canvas.addEventListener("blur", () => point(null));
  canvas.addEventListener("keydown", onKey);

  return {
    show,
    remove() {
      sizes.disconnect();
      themes.disconnect();
      for (const query of queries) query.removeEventListener("change", retheme);
      room.remove();
    },
  };
}

export default {
  render({ model, el }) {
    const names = ["background", "dark", "frame"];
    const values = (...keys) => Object.fromEntries(keys.map((key) => [key, model.get(key)]));
    const view = figure(el, values("width", "height", "label"));
    let waiting = false;
    const update = () => { // once for all that one message changed
      if (!waiting) queueMicrotask(() => {
        waiting = false;
        if (model.get("frame").byteLength) view.show(values(...names));
      });
      waiting = true;
    };
    for (const name of names) model.on(`change:${name}`, update);
    update();
    return () => {
      for (const name of names) model.off(`change:${name}`, update);
      view.remove();
    };
  },
};
