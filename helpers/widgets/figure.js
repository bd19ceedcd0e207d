// Shows a picture: axes as SVG, and over them the lines, areas, marks, texts and colours of a frame, whose
// format stands in helpers/pictures/frame.py. What they mean is no business of this file. In a notebook
// anywidget calls `render`; a page without a kernel calls `figure` and hands each picture to `show` itself.

const FONT = '"DejaVu Sans", Verdana, sans-serif';
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, Home: -1e9, End: 1e9 };
const KEYS = { role: "application", ariaRoleDescription: "picture, read by arrow keys", tabIndex: 0 };
const MEDIA = ["print", "(forced-colors: active)", "(prefers-color-scheme: dark)"];

/** The header of a frame, with each array in the place that names it. */
export function parse({ buffer, byteOffset, byteLength }) {
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
  const length = new DataView(bytes).getUint32(0, true);
  const header = new TextDecoder().decode(new Uint8Array(bytes, 4, length));
  return JSON.parse(header, (_, value) => {
    if (value?.float32) return new Float32Array(bytes, 4 + length + value.float32[0], value.float32[1]);
    if (value?.uint8) return new Uint8Array(bytes, 4 + length + value.uint8[0], value.uint8[1]);
    return value;
  });
}

/** What the page around an element is, 0 light or 1 dark: each colour is a pair. */
export function themeOf(element) {
  const [printed, forced, dark] = MEDIA.map((query) => matchMedia(query).matches);
  if (printed || forced) return Number(dark && !printed);
  const { body, documentElement: root } = document;
  const lab = body.dataset.jpThemeLight, colab = root.getAttribute("theme"), code = body.className;
  if (lab || colab) return Number(lab === "false" || colab === "dark");
  if (code.includes("vscode-")) return Number(!code.includes("-light")); // high contrast is dark
  for (let up = element; up; up = up.parentElement) {
    const paint = getComputedStyle(up).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    if (paint.length < 4 || paint[3] > 0.5) return Number(paint[0] + 2 * paint[1] + paint[2] < 510);
  }
  return Number(dark && getComputedStyle(root).colorScheme.includes("dark"));
}

function trace(context, points, left = 0, top = 0) {
  let to = "moveTo";
  for (let i = 0; i < points.length; i += 2) {
    const gap = Number.isNaN(points[i]); // lifts the pen
    if (!gap) context[to](left + points[i], top + points[i + 1]);
    to = gap ? "moveTo" : "lineTo";
  }
}

function outline(context, { kind, points, shape, colour, edge = colour, width, dash = [] }, theme) {
  if (!shape) trace(context, points);
  else for (let i = 0; i < points.length; i += 2) trace(context, shape, points[i], points[i + 1]);
  Object.assign(context, { fillStyle: colour[theme], strokeStyle: edge[theme], lineWidth: width });
  Object.assign(context, { lineJoin: "round", lineCap: dash.length ? "butt" : "square" });
  context.setLineDash(dash);
  if (kind !== "stroke") context.fill();
  if (width) context.stroke();
}

function text(context, { x, y, text, colour, size, weight, align, room }, theme) {
  context.font = `${weight} ${size}px ${FONT}`;
  Object.assign(context, { fillStyle: colour[theme], textAlign: align });
  context.fillText(text, x, y, room);
}

function image(context, { box, columns, rows, palette, indexes }) {
  const small = new OffscreenCanvas(columns, rows).getContext("2d");
  const colours = new Uint32Array(palette.buffer, palette.byteOffset, palette.length / 4);
  const pixels = new ImageData(columns, rows), words = new Uint32Array(pixels.data.buffer);
  indexes.forEach((index, i) => { words[i] = colours[index]; });
  small.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small.canvas, ...box);
}

const KINDS = { stroke: outline, fill: outline, stamp: outline, text, image };

function drawItem(context, item, theme) {
  const room = new Path2D();
  context.save();
  if (item.clip) room.rect(...item.clip);
  if (item.clip) context.clip(room);
  context.beginPath();
  KINDS[item.kind](context, item, theme);
  context.restore();
}

/** The values of a place in words: "step 12: height 71.2 %, width 0.35". */
export function inWords(columns, place) {
  const [first, ...others] = columns.map(({ name, unit, decimals, values: { [place]: value } }) => {
    const short = decimals === null ? Number(value.toPrecision(3)) : value.toFixed(decimals);
    return `${name} ${Number.isFinite(value) ? `${short}${unit}` : "no number"}`;
  });
  return `${first}: ${others.join(", ")}`;
}

/** Put a picture into an element: show({background, dark, frame}) changes it (a frame in bytes, or parsed), remove() takes it out. */
export function figure(element, { width, height, label }) {
  const add = (to, name, style, attributes = {}) => {
    const made = to.appendChild(document.createElement(name));
    for (const [key, value] of Object.entries({ style, ...attributes })) made.setAttribute(key, value);
    return made;
  };
  const room = add(element, "div", `width: ${width}px; max-width: 100%`);
  const shape = `display: block; width: 100%; aspect-ratio: ${width} / ${height}; touch-action: pan-y`;
  const named = { "aria-label": label, "data-lm-suppress-shortcuts": true };
  const canvas = add(room, "canvas", shape, named), context = canvas.getContext("2d");
  const line = add(room, "div", "font: 12px/1.4 sans-serif; padding: 0 6px", { "aria-live": "polite" });
  const words = add(line, "span", "visibility: hidden");
  const images = new Map(); // SVG: its image, and the image in pixels of this screen
  let axes = [], frame = null, place = null;

  function load(svg) { // an SVG becomes pixels once for each size of the canvas
    const address = () => `data:image/svg+xml,${encodeURIComponent(svg)}`;
    const kept = images.get(svg) ?? { image: Object.assign(new Image(), { onload: draw, src: address() }) };
    if (images.set(svg, kept).size > 8) images.delete(images.keys().next().value);
    if (!kept.image.complete || kept.pixels?.width === canvas.width) return kept.pixels;
    kept.pixels = new OffscreenCanvas(canvas.width, canvas.height);
    kept.pixels.getContext("2d").drawImage(kept.image, 0, 0, canvas.width, canvas.height);
    return kept.pixels;
  }

  function draw() { // the last picture, as soon as its axes are there; until then, the one before stays
    const theme = themeOf(room), background = frame && canvas.width && load(axes[theme]);
    if (!background) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.scale(canvas.width / frame.width, canvas.height / frame.height);
    for (const item of frame.items) if (item.kind === "image") drawItem(context, item, theme);
    context.drawImage(background, 0, 0, frame.width, frame.height);
    for (const item of frame.items) if (item.kind !== "image") drawItem(context, item, theme);
    if (frame.readout) read(frame.readout, theme);
    canvas.frame = frame;
    canvas.dataset.frameNumber = Number(canvas.dataset.frameNumber ?? 0) + 1;
    for (const svg of axes) if (!images.has(svg)) load(svg); // a dark page is printed on white
  }

  function read({ x, y, mark, columns }, theme) {
    const here = Math.min(place ?? Infinity, x.length - 1);
    words.textContent = inWords(columns, here); // while unseen, it keeps the room
    words.style.visibility = place === null ? "hidden" : "visible";
    if (place !== null) drawItem(context, { ...mark, points: [x[here], y?.[here] ?? 0] }, theme);
  }

  function point(to) {
    if (!frame?.readout || to === place) return;
    place = to;
    draw();
  }

  function onPointer({ offsetX, offsetY }) {
    const { x = [], y } = frame?.readout ?? {}, scale = canvas.clientWidth / width;
    const far = Array.from(x, (_, i) => Math.hypot(x[i] * scale - offsetX, y ? y[i] * scale - offsetY : 0));
    point(far.indexOf(Math.min(...far)));
  }

  function onKey(event) {
    const last = frame?.readout?.x.length - 1, step = STEPS[event.key];
    if (!(last >= 0 && step) || event.ctrlKey || event.altKey || event.metaKey) return;
    point(Math.max(0, Math.min(last, (place ?? (step > 0 ? -1 : last + 1)) + step)));
    event.preventDefault();
    event.stopPropagation();
  }

  const sizes = new ResizeObserver(([{ contentRect, devicePixelContentBoxSize: [exact] = [] }]) => {
    const about = contentRect.width * devicePixelRatio; // an emulated screen has no exact size
    canvas.width = Math.abs(exact?.inlineSize - about) < 1 ? exact.inlineSize : Math.round(about);
    canvas.height = Math.round((canvas.width * height) / width);
    draw();
  });
  const themes = new MutationObserver(draw), ending = new AbortController();
  try { sizes.observe(canvas, { box: "device-pixel-content-box" }); } catch { sizes.observe(canvas); }
  for (const signs of [document.documentElement, document.body]) themes.observe(signs, { attributes: true });
  for (const query of MEDIA) matchMedia(query).addEventListener("change", draw, ending);
  for (const name of ["pointermove", "pointerdown"]) canvas.addEventListener(name, onPointer);
  canvas.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && point(null));
  canvas.addEventListener("blur", () => point(null));
  canvas.addEventListener("keydown", onKey);
  return {
    show(picture) {
      axes = [picture.background, picture.dark];
      frame = picture.frame.items ? picture.frame : parse(picture.frame);
      Object.assign(canvas, frame.readout ? KEYS : { role: "img" });
      draw();
    },
    remove() {
      for (const ended of [sizes, themes]) ended.disconnect();
      ending.abort();
      room.remove();
    },
  };
}

/** Hear whether an element is looked at: in sight, on a page that is shown; returned is what ends that. */
function attend(element, hear) {
  let inSight = false;
  const say = () => hear(inSight && document.visibilityState === "visible"), ending = new AbortController();
  const sights = new IntersectionObserver((all) => { inSight = all.at(-1).isIntersecting; say(); });
  sights.observe(element);
  document.addEventListener("visibilitychange", say, ending);
  return () => { sights.disconnect(); ending.abort(); hear(false); };
}

export default () => { // once for each picture, which may have several views
  const looking = new Set();
  return {
    render({ model, el }) {
      const values = (...names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));
      const view = figure(el, values("width", "height", "label"));
      let shown = {};
      const show = () => {
        const now = values("background", "dark", "frame");
        if (now.frame?.byteLength && Object.keys(now).some((name) => now[name] !== shown[name])) view.show(shown = now);
      };
      const tell = () => {
        if (model.get("looked_at") === looking.size > 0) return;
        model.set("looked_at", looking.size > 0);
        model.save_changes();
      };
      const end = attend(el, (is) => { looking[is ? "add" : "delete"](view); tell(); });
      model.on("change", show); // once for all that came in one message
      model.on("change:looked_at", () => looking.size && tell()); // on another page it is not
      show();
      return () => { end(); view.remove(); };
    },
  };
};
