// A page without a kernel: explorers move through their recordings (tools/pages/store.py says how these are
// written), predictions are compared. `figure` is that of helpers/widgets/figure.js, which stands before this.

const STEP = 1400, LEAST = -26, NO_NUMBER = 65535; // of the codes of a recording

/** An element with properties and children. */
function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

class Recording {
  static async read(text) {
    const zipped = await fetch(`data:application/octet-stream;base64,${text}`);
    const whole = await new Response(zipped.body.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
    return new Recording(whole);
  }

  constructor(whole) {
    const length = new DataView(whole).getUint32(0, true);
    Object.assign(this, JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, length))));
    const [floats, codes, bytes] = this.sizes, after = 4 + length, last = after + 4 * floats;
    this.floats = new Float32Array(whole, after, floats);
    this.codes = new Uint16Array(whole, last, codes);
    this.bytes = new Uint8Array(whole, last + 2 * codes, bytes);
  }

  /** An array of a run, on an axis. */
  array({ of, log, plus, times }, run) {
    const first = (run * this.names.length + this.names.indexOf(of)) * this.count;
    return Float32Array.from(this.codes.subarray(first, first + this.count), (code) => {
      const other = code === NO_NUMBER ? NaN : code && Math.exp(code / STEP + LEAST);
      const value = of in this.per ? code / this.per[of] : other;
      return plus + times * (log ? Math.log10(value) : value);
    });
  }

  /** What is shown at a stop; the ghost is another run, or null. */
  stop(index, ghost) {
    const [template, run, ...holes] = this.rows[index];
    const pairs = ({ x, y }, owner) => {
      const ends = [x, y].map((part) => (part.of ? this.array(part, owner) : part));
      return Float32Array.from({ length: 2 * x.length }, (_, i) => ends[i % 2][i >> 1]);
    };
    const shown = JSON.parse(this.templates[template], (key, part) => {
      if (key === "items" && ghost === null) return part.filter(({ name }) => !name?.includes("previous"));
      if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
      if ("hole" in part) return holes[part.hole];
      if (part.at) return this.floats.subarray(part.at[0], part.at[0] + part.at[1]);
      if (part.bytes) return this.bytes.subarray(part.bytes[0], part.bytes[0] + part.bytes[1]);
      if (key === "values" && part.of) return this.array(part, run);
      if (key === "shape") return pairs(part);
      if (part.kind && part.points) part.points = pairs(part.points, part.name?.endsWith(" previous") ? ghost ?? run : run);
      return part;
    });
    return { run, ...shown };
  }
}

/** The control of a knob; `moved` hears its new place, and whether the hand is off it. */
function control({ label, kind, labels }, id, moved) {
  const name = make("label", { htmlFor: id, textContent: label }), said = make("output");
  const field = kind === "choice" ? make("select", { id }, ...labels.map((text) => new Option(text)))
    : kind === "switch" ? make("input", { id, type: "checkbox" })
    : make("input", { id, type: "range", min: 0, max: labels.length - 1, step: 1 });
  const place = () => Number(kind === "choice" ? field.selectedIndex : kind === "switch" ? field.checked : field.value);
  for (const name of ["input", "change"]) field.addEventListener(name, () => moved(place(), name === "change"));
  const set = (to, idle) => {
    if (kind === "choice") field.selectedIndex = to;
    else if (kind === "switch") field.checked = Boolean(to);
    else Object.assign(field, { value: to, ariaValueText: labels[to] });
    said.textContent = kind === "number" ? labels[to] : "";
    field.disabled = idle;
  };
  return { element: make("div", { className: "knob" }, name, said, field), set };
}

/** The place among the stops that a word of the address means: the nearest one for a number. */
function nearest({ kind, values, start }, word) {
  const exact = values.findIndex((value) => String(value) === word), number = Number(word);
  if (exact >= 0 || kind !== "number" || Number.isNaN(number)) return exact >= 0 ? exact : start;
  const far = values.map((value) => (typeof value === "number" ? Math.abs(value - number) : Infinity));
  return far.indexOf(Math.min(...far));
}

/** The explorers' settings in the address: #explorer-2=learning_rate:0.1,momentum:0.9&explorer-3=… */
function settingsIn(hash) {
  const parts = decodeURIComponent(hash.slice(1)).split("&").map((part) => part.split("="));
  return Object.fromEntries(parts.map(([id, words = ""]) => [id, Object.fromEntries(words.split(",").map((w) => w.split(":")))]));
}

class Explorer {
  constructor(element, recording) {
    const { knobs, figures, goals } = recording;
    Object.assign(this, { element, recording, met: goals.map(() => ""), ghost: null, run: null });
    this.places = knobs.map((knob) => knob.start);
    this.controls = knobs.map((knob, i) => control(knob, `${element.id}-${knob.name}`, (place, rests) => this.move(i, place, rests)));
    this.said = make("div", { className: "said" });
    this.goals = make("ul", { className: "goals" });
    const pictures = make("div", { className: "pictures" });
    const link = make("button", { type: "button", textContent: "Copy link", onclick: () => this.copy(link) });
    const reset = make("button", { type: "button", textContent: "Reset", onclick: () => this.reset() });
    element.querySelector(".still")?.remove();
    const all = [make("div", { className: "knobs" }, ...this.controls.map((c) => c.element)), pictures, this.said, this.goals];
    element.prepend(...all, make("p", { className: "buttons" }, reset, link));
    this.figures = figures.map((size) => figure(pictures.appendChild(make("div")), size));
    this.read();
  }

  /** Take the settings of the address. */
  read() {
    const told = settingsIn(location.hash)[this.element.id] ?? {};
    this.places = this.recording.knobs.map((knob, i) => (knob.name in told ? nearest(knob, told[knob.name]) : this.places[i]));
    this.show();
  }

  move(i, place, rests) {
    const moved = place !== this.places[i];
    this.places[i] = place;
    if (moved) this.show();
    if (rests) history.replaceState(null, "", this.address());
  }

  reset() {
    Object.assign(this, { places: this.recording.knobs.map((knob) => knob.start), run: null, ghost: null });
    this.show();
    history.replaceState(null, "", this.address());
  }

  /** The address of this page with the settings of this explorer. */
  address() {
    const told = this.recording.knobs.map(({ name, values }, i) => `${name}:${values[this.places[i]]}`);
    return `#${this.element.id}=${encodeURI(told.join(","))}`;
  }

  async copy(button) {
    history.replaceState(null, "", this.address());
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    button.textContent = copied ? "Copied" : "The link is in the address bar";
    setTimeout(() => { button.textContent = "Copy link"; }, 2000);
  }

  show() {
    const { knobs, svgs, goals, rows } = this.recording;
    const index = knobs.reduce((sum, { values }, i) => sum * values.length + this.places[i], 0);
    const run = rows[index][1];
    if (this.run !== null && run !== this.run) this.ghost = this.run;
    this.run = run;
    const { figures, said, met, idle } = this.recording.stop(index, this.ghost);
    figures.forEach(({ axes: [light, dark], frame }, i) => this.figures[i].show({ background: svgs[light], dark: svgs[dark], frame }));
    this.said.innerHTML = said;
    this.controls.forEach((each, i) => each.set(this.places[i], Boolean(idle[i])));
    const values = knobs.map(({ label, labels }, i) => `${label} ${labels[this.places[i]]}`).join(", ");
    met.forEach((is, i) => { if (is && !this.met[i]) this.met[i] = values; });
    const lines = goals.map((words, i) => (this.met[i] ? `☑ Goal met: ${words} (${this.met[i]})` : `☐ Goal: ${words}`));
    this.goals.replaceChildren(...lines.map((line) => make("li", {}, line)));
  }
}

// Recordings come as scripts, which a page in a folder may load, when their explorers are near
const places = new Map([...document.querySelectorAll("[data-recording]")].map((place) => [place.dataset.recording, place]));
const explorers = new Map();
window.recording = async (name, text) => explorers.set(name, new Explorer(places.get(name), await Recording.read(text)));
const near = new IntersectionObserver((seen) => {
  for (const { target } of seen.filter(({ isIntersecting }) => isIntersecting)) {
    near.unobserve(target);
    document.head.append(make("script", { src: `recordings/${target.dataset.recording}.js` }));
  }
}, { rootMargin: "1200px" });
places.forEach((place) => near.observe(place));
addEventListener("hashchange", () => explorers.forEach((explorer) => explorer.read()));

// Predictions: nothing is graded, stored or sent
const asked = [...document.querySelectorAll(".prediction")].map((element, i) => {
  const [words] = element.children, choices = [...element.querySelectorAll("li")].map((item) => item.textContent);
  const { question, unit } = element.dataset, id = `prediction-${i + 1}`, report = `.prediction-result[data-question="${CSS.escape(question)}"]`;
  const field = choices.length ? make("select", { id }, ...["choose …", ...choices].map((text) => new Option(text)))
    : make("input", { id, placeholder: unit ? `a number (${unit})` : "a number" });
  words.replaceWith(make("label", { htmlFor: id, textContent: question }));
  element.querySelector("ul")?.remove();
  element.append(field);
  field.addEventListener("input", tell);
  const result = document.querySelector(report);
  result?.setAttribute("role", "status");
  const said = () => (choices.length ? choices[field.selectedIndex - 1] ?? "" : field.value.trim() && `${field.value.trim()} ${unit}`);
  return { question, said, result, measured: result?.dataset.measured ?? "" };
});
function tell() {
  for (const { said, result, measured } of asked) {
    const before = said() ? [`You predicted `, make("b", { textContent: said() }), ". "] : [];
    result?.replaceChildren(...before, "Measured: ", make("b", { textContent: measured }), ".");
  }
  const report = document.querySelector(".predictions");
  const row = (tag, cells) => make("tr", {}, ...cells.map((words) => make(tag, {}, words)));
  const rows = asked.map(({ question, said, measured }) => row("td", [question, said() || "—", measured]));
  report?.replaceChildren(make("table", {}, row("th", ["Question", "You predicted", "Measured"]), ...rows));
}
tell();
