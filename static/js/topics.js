/**
 * The map of topics: dots on a canvas. A pointer finds the nearest dot, arrows go from dot to dot, Page Up and
 * Page Down from topic to topic, Enter or a click opens the interaction; + and - look closer, 0 shows all.
 *
 * A dot is [x, y, topic id or 0, state, interaction id]; state 1 lies at the edge of its topic, 2 is of the newest
 * day, 3 both. Texts come one by one when they are pointed at, and only ever as text.
 */

/** @typedef {[number, number, number, number, string]} Dot */
/** @typedef {{id: number, number: number, name: string, x: number, y: number, r: number}} Topic */

const COLOURS = 8;
const SHAPES = 4;
const REACH = 14; // pixels around the pointer
const PATIENCE = 90; // milliseconds a pointer rests before a text is asked for
const LABELS = 12;
const LONGEST = 20; // characters of a label
const STRETCH = 1.6; // how much wider than high the map may become
const MARGIN = 18;

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-map]"));
if (box) new TopicMap(box).load();

/** One map. Places are kept in pixels of the canvas as it is now. */
function TopicMap(/** @type {HTMLElement} */ root) {
  const canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const still = document.createElement("canvas"); // all but what is pointed at
  const tip = /** @type {HTMLElement} */ (root.querySelector(".map-tip"));
  const told = /** @type {HTMLElement} */ (root.parentElement?.querySelector(".map-told"));
  const words = /** @type {HTMLElement} */ (told.querySelector(".map-words"));
  const open = /** @type {HTMLAnchorElement} */ (told.querySelector(".map-open"));
  const toTopic = /** @type {HTMLAnchorElement} */ (told.querySelector(".map-topic"));
  /** @type {Dot[]} */ let dots = [];
  /** @type {Map<number, Topic>} */ let topics = new Map();
  /** @type {Float64Array} */ let places = new Float64Array(0);
  /** @type {Map<string, string | null>} */ const texts = new Map();
  /** @type {Record<string, string>} */ let colours = {};
  let here = -1;
  let waits = 0;
  let frame = 0;
  let touched = false;
  const view = { x: 0.5, y: 0.5, closer: 1 }; // the middle, in places of the map
  const extent = { x: 1, y: 1 };

  this.load = async () => {
    try {
      const answer = await fetch(root.dataset.dots ?? "", { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      dots = found.dots;
      topics = new Map(found.topics.map((/** @type {Topic} */ one) => [one.id, one]));
    } catch {
      words.textContent = root.dataset.failed ?? "";
      return;
    }
    measure();
    look();
    new ResizeObserver(draw).observe(canvas);
    new MutationObserver(() => { look(); draw(); }).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { look(); draw(); });
    draw();
    root.dataset.ready = String(dots.length);
  };

  /** Where the dots lie: the middle and the width of what is shown. */
  function measure() {
    const rows = [...topics.values()].map((one) => [one.x, one.y, one.r]);
    const all = rows.length ? rows : [[0.5, 0.5, 0.5]];
    const low = [0, 1].map((axis) => Math.min(...all.map((row) => row[axis] - row[2])));
    const high = [0, 1].map((axis) => Math.max(...all.map((row) => row[axis] + row[2])));
    extent.x = Math.max(high[0] - low[0], 1e-6);
    extent.y = Math.max(high[1] - low[1], 1e-6);
    Object.assign(view, { x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, closer: 1 });
  }

  /** Colours as the theme has them: a token that differs by theme is resolved in an element only. */
  function look() {
    const pens = document.createElement("span");
    pens.className = "map-pens";
    const names = [...Array.from({ length: COLOURS }, (_, k) => String(k + 1)), "ink", "soft", "sheet", "focus", "line"];
    for (const name of names) pens.append(Object.assign(document.createElement("i"), { className: `map-pen-${name}` }));
    root.append(pens);
    names.forEach((name, k) => { colours[name] = getComputedStyle(pens.children[k]).color; });
    pens.remove();
  }

  /** @param {Topic | undefined} topic */
  const colourOf = (topic) => (topic ? colours[String((topic.number - 1) % COLOURS + 1)] : colours.soft);

  function draw() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => { paint(); point(); });
  }

  function paint() {
    const width = canvas.clientWidth, height = canvas.clientHeight, dense = devicePixelRatio || 1;
    for (const one of [canvas, still]) {
      one.width = Math.round(width * dense);
      one.height = Math.round(height * dense);
    }
    const on = /** @type {CanvasRenderingContext2D} */ (still.getContext("2d"));
    on.setTransform(dense, 0, 0, dense, 0, 0);
    const small = width < 500 ? 0.75 : 1;
    places = new Float64Array(dots.length * 2);
    /** @type {Map<string, Path2D>} */ const paths = new Map();
    dots.forEach(([x, y, id, state], k) => {
      const at = pixel(x, y);
      places[2 * k] = at[0];
      places[2 * k + 1] = at[1];
      const topic = topics.get(id);
      const key = topic ? `${state >> 1} ${state & 1} ${(topic.number - 1) % COLOURS + 1}` : `${state >> 1} 2 soft`;
      if (!paths.has(key)) paths.set(key, new Path2D());
      const size = small * (state & 2 ? 4 : 2.6) * Math.min(2, Math.sqrt(view.closer));
      shape(/** @type {Path2D} */ (paths.get(key)), topic, at[0], at[1], topic ? size : size * 0.7);
    });
    // What is of the newest day lies on top.
    for (const key of [...paths.keys()].sort()) {
      const [newest, kind, colour] = key.split(" ");
      const path = /** @type {Path2D} */ (paths.get(key));
      on.globalAlpha = newest === "1" ? 1 : 0.55;
      on.fillStyle = on.strokeStyle = colours[colour];
      on.lineWidth = 1.2;
      if (kind === "0") on.fill(path);
      if (kind === "0" && newest === "1") {
        on.strokeStyle = colours.sheet;
        on.lineWidth = 0.8;
      }
      if (kind !== "0" || newest === "1") on.stroke(path);
    }
    on.globalAlpha = 1;
    labels(on, width, height);
  }

  /** Pixels of a unit of the map, along x and y. */
  function scale() {
    const x = (canvas.clientWidth - 2 * MARGIN) / extent.x, y = (canvas.clientHeight - 2 * MARGIN) / extent.y;
    return [Math.min(x, STRETCH * y) * view.closer, Math.min(y, STRETCH * x) * view.closer];
  }

  /** @param {number} x @param {number} y */
  function pixel(x, y) {
    const by = scale();
    return [(x - view.x) * by[0] + canvas.clientWidth / 2, (y - view.y) * by[1] + canvas.clientHeight / 2];
  }

  /** Circle, square, triangle, diamond: topics of one colour differ in shape. Without a topic, a cross.
   * @param {Path2D} path @param {Topic | undefined} topic @param {number} x @param {number} y @param {number} r */
  function shape(path, topic, x, y, r) {
    const kind = topic ? Math.floor((topic.number - 1) / COLOURS) % SHAPES : -1;
    if (kind === 0) {
      path.moveTo(x + r, y);
      path.arc(x, y, r, 0, 7);
    } else if (kind === 1) {
      path.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
    } else if (kind === 2) {
      path.moveTo(x, y - r * 1.2);
      path.lineTo(x + r * 1.1, y + r * 0.8);
      path.lineTo(x - r * 1.1, y + r * 0.8);
      path.closePath();
    } else if (kind === 3) {
      path.moveTo(x, y - r * 1.3);
      path.lineTo(x + r * 1.3, y);
      path.lineTo(x, y + r * 1.3);
      path.lineTo(x - r * 1.3, y);
      path.closePath();
    } else {
      path.moveTo(x - r, y - r);
      path.lineTo(x + r, y + r);
      path.moveTo(x + r, y - r);
      path.lineTo(x - r, y + r);
    }
  }

  /** The names of the largest topics, where none lies on another.
   * @param {CanvasRenderingContext2D} on @param {number} width @param {number} height */
  function labels(on, width, height) {
    on.font = `600 12px ${getComputedStyle(canvas).fontFamily}`;
    on.textAlign = "center";
    /** @type {number[][]} */ const taken = [];
    const most = Math.round(LABELS * Math.min(1, width / 900) * view.closer);
    for (const topic of [...topics.values()].sort((a, b) => b.r - a.r)) {
      if (taken.length >= most) break;
      const first = topic.name.split(", ")[0];
      const name = first.length > LONGEST ? `${first.slice(0, LONGEST - 1)}…` : first;
      const half = on.measureText(name).width / 2;
      const [x, top] = pixel(topic.x, topic.y - topic.r);
      const y = top - 5;
      const place = [x - half - 4, y - 12, x + half + 4, y + 4];
      const outside = place[0] < 0 || place[1] < 0 || place[2] > width || place[3] > height;
      if (outside || taken.some((one) => place[0] < one[2] && one[0] < place[2] && place[1] < one[3] && one[1] < place[3])) continue;
      taken.push(place);
      on.lineWidth = 4;
      on.lineJoin = "round";
      on.strokeStyle = colours.sheet;
      on.strokeText(name, x, y);
      on.fillStyle = colours.ink;
      on.fillText(name, x, y);
    }
  }

  /** The picture, and a ring around what is pointed at. */
  function point() {
    const dense = devicePixelRatio || 1;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(still, 0, 0);
    if (here < 0) return;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    const topic = topics.get(dots[here][2]);
    if (topic) {
      const [x, y] = pixel(topic.x, topic.y), by = scale();
      pen.beginPath();
      pen.ellipse(x, y, topic.r * by[0] + 4, topic.r * by[1] + 4, 0, 0, 7);
      pen.strokeStyle = colourOf(topic);
      pen.lineWidth = 1.5;
      pen.stroke();
    }
    pen.beginPath();
    pen.arc(places[2 * here], places[2 * here + 1], 8, 0, 7);
    pen.strokeStyle = colours.focus;
    pen.lineWidth = 3;
    pen.stroke();
  }

  /** @param {number} x @param {number} y @param {number} reach */
  function nearest(x, y, reach) {
    let best = -1, least = reach * reach;
    for (let k = 0; k < dots.length; k += 1) {
      const far = (places[2 * k] - x) ** 2 + (places[2 * k + 1] - y) ** 2;
      if (far <= least) [best, least] = [k, far];
    }
    return best;
  }

  /** @param {number} k */
  function choose(k) {
    if (k === here) return;
    here = k;
    canvas.style.cursor = k < 0 ? "" : "pointer";
    point();
    clearTimeout(waits);
    tip.hidden = true;
    if (k < 0) return;
    waits = setTimeout(() => tell(k), PATIENCE);
  }

  /** What a dot says, beside it and below the map. @param {number} k */
  async function tell(k) {
    const [, , id, state, key] = dots[k];
    const text = await textOf(key);
    if (k !== here) return;
    const topic = topics.get(id);
    const name = topic ? (state & 1 ? (root.dataset.loose ?? "").replace("{topic}", () => topic.name) : topic.name) : root.dataset.none ?? "";
    const said = text ?? root.dataset.gone ?? "";
    words.classList.remove("soft");
    words.textContent = `${name}: ${said}`;
    open.href = `${root.dataset.log}${key}/`;
    open.hidden = text === null;
    toTopic.hidden = !topic;
    if (topic) toTopic.href = `${root.dataset.topics}${topic.id}/`;
    tip.replaceChildren(Object.assign(document.createElement("strong"), { textContent: name }), said);
    tip.hidden = touched;
    const left = places[2 * k] + 14, top = places[2 * k + 1] + 14;
    tip.style.left = `${Math.max(0, Math.min(left, root.clientWidth - tip.offsetWidth))}px`;
    tip.style.top = `${top + tip.offsetHeight > canvas.clientHeight ? Math.max(0, top - tip.offsetHeight - 28) : top}px`;
  }

  /** null: gone. @param {string} key */
  async function textOf(key) {
    const known = texts.get(key);
    if (known !== undefined) return known;
    try {
      const answer = await fetch(`${root.dataset.dots}${key}/`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return null;
      const found = (await answer.json()).text;
      texts.set(key, found);
      return /** @type {string | null} */ (found);
    } catch {
      return null;
    }
  }

  /** The nearest dot in a direction: what lies aside counts twice. @param {number} dx @param {number} dy */
  function step(dx, dy) {
    if (here < 0) return choose(nearest(canvas.clientWidth / 2, canvas.clientHeight / 2, Infinity));
    let best = -1, least = Infinity;
    for (let k = 0; k < dots.length; k += 1) {
      const x = places[2 * k] - places[2 * here], y = places[2 * k + 1] - places[2 * here + 1];
      const along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along < 0.5 || aside > along * 2) continue;
      if (along + 2 * aside < least) [best, least] = [k, along + 2 * aside];
    }
    if (best >= 0) choose(best);
    return undefined;
  }

  /** To the dot nearest to the middle of the next topic, the largest first. @param {number} by */
  function jump(by) {
    const order = [...topics.values()].sort((a, b) => b.r - a.r);
    if (!order.length) return;
    const now = here < 0 ? -1 : order.findIndex((one) => one.id === dots[here][2]);
    const next = order[(now + by + order.length) % order.length] ?? order[0];
    const [x, y] = pixel(next.x, next.y);
    let best = -1, least = Infinity;
    dots.forEach((dot, k) => {
      const far = (places[2 * k] - x) ** 2 + (places[2 * k + 1] - y) ** 2;
      if (dot[2] === next.id && far < least) [best, least] = [k, far];
    });
    if (best >= 0) choose(best);
  }

  /** Look closer at what is pointed at, or at the middle. @param {number} factor */
  function zoom(factor) {
    view.closer = Math.max(1, Math.min(12, factor ? view.closer * factor : 1));
    if (view.closer === 1) measure();
    else if (here >= 0) [view.x, view.y] = dots[here];
    draw();
  }

  const follow = () => { if (here >= 0) location.assign(`${root.dataset.log}${dots[here][4]}/`); };
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: () => step(-1, 0), ArrowRight: () => step(1, 0), ArrowUp: () => step(0, -1), ArrowDown: () => step(0, 1),
    PageDown: () => jump(1), PageUp: () => jump(-1), Enter: follow, Escape: () => choose(-1),
    "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: () => zoom(0),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    touched = false;
    keys[event.key]();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    touched = false;
    choose(nearest(event.offsetX, event.offsetY, REACH));
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("click", (event) => {
    // A finger cannot hover: it chooses, and the link below opens.
    touched = /** @type {PointerEvent} */ (event).pointerType === "touch";
    const k = nearest(event.offsetX, event.offsetY, touched ? 2 * REACH : REACH);
    if (touched) choose(k);
    else if (k >= 0) { choose(k); follow(); }
  });
  root.parentElement?.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => zoom(Number(/** @type {HTMLElement} */ (button).dataset.zoom)));
  });
}
