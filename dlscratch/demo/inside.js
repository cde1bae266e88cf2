// The tab that looks inside. The server sends an image through the network and takes any number
// apart; this page shows what came. It computes no number of its own: only colours and places.
import { drawing } from "/pen.js";
import { bytes, colours, complain, css, element, fill, find, get, mixed, onTheme, percent, post, signed }
  from "/shared.js";

const panel = find("panel-template").content.getElementById("panel");
const FEW = 4; // windows that are shown at first, those with the largest sums
let network = ""; // the name of the one that is looked into
let image = null; // 28 x 28 bytes in base64
let stages = []; // what every layer returned
let chosen = null; // { layer, unit } of the number in the panel
let parts = null; // and what the server says of it
let all = false; // whether every window is shown
let asked = 0; // the last question; an older answer is dropped

const clamp = (value, size) => Math.max(0, Math.min(size - 1, value));
let shades = colours();
const tint = (share) => mixed(shades.paper, share > 0 ? shades.more : shades.less, Math.abs(share));

// A number with three digits behind the point, and with its own minus sign.
function text(value, digits = 3) {
  if (value === 0) return "0";
  const short = Math.abs(value) < 0.5 * 10 ** -digits ? value.toExponential(0) : value.toFixed(digits);
  return short.replaceAll("-", "−");
}
const small = (value) => value === 0 ? "0" : value.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");

// ---- what the server is asked

async function told(question) { // its answer, or undefined once another one is asked, or none came
  const mine = ++asked;
  try {
    const read = await question();
    if (mine !== asked) return undefined;
    complain();
    return read;
  } catch (error) {
    if (mine !== asked) return undefined;
    complain(error);
    return undefined;
  }
}

async function send() { // the image through all layers; then the first number, or the one chosen
  const read = await told(() => post(`/inside/${network}/layers`, { image }));
  if (!read) return;
  const same = JSON.stringify(read.map(({ shape }) => shape)) === JSON.stringify(stages.map(({ shape }) => shape));
  stages = read.map((stage) => ({ ...stage, numbered: signed(stage.bytes) }));
  if (!same) {
    arrange();
    chosen = null;
  }
  paint();
  await look(chosen?.layer ?? 1, chosen?.unit ?? stages[1].strongest);
}

async function look(layer, unit, { focus = false, hold = null } = {}) {
  const read = await told(() => post(`/inside/${network}/unit`, { image, layer, unit }));
  if (!read) return;
  if (chosen?.layer !== layer) all = false;
  chosen = { layer, unit };
  parts = read;
  const before = hold?.getBoundingClientRect().top;
  showPanel();
  mark();
  if (hold) scrollBy(0, hold.getBoundingClientRect().top - before); // what was clicked stays there
  if (focus) panel.querySelector("h3").focus({ preventScroll: true });
  if (focus && panel.getBoundingClientRect().top > innerHeight - 200) {
    panel.scrollIntoView({ block: "center" });
  }
  find("spoken").textContent = `${where(layer, unit)}: ${text(read.output)}`;
}

// ---- the rows of maps

const one = ({ shape: [, height, width] }) => height * width === 1; // rows of numbers
const where = (layer, [map, row, column]) => {
  const { title, kind } = stages[layer];
  if (kind === "input") return `Image, row ${row + 1}, column ${column + 1}`;
  if (kind === "softmax" || layer === stages.length - 2) return `${title}, digit ${map}`;
  if (one(stages[layer])) return `${title}, unit ${map + 1}`;
  return `${title}, map ${map + 1}, row ${row + 1}, column ${column + 1}`;
};
const named = (layer, map) => layer >= stages.length - 2 ? map : map + 1; // scores are of digits

function arrange() { // a row for each stage, a tile for each of its maps
  panel.remove();
  find("stages").replaceChildren(...stages.map((stage, layer) => {
    const [count, height, width] = stage.shape;
    const size = one(stage) ? "" : `; ${count === 1 ? "" : `${count} maps, `}${height} × ${width}`;
    const id = `stage-${layer}`;
    const title = element("h3", { id }, `${stage.title} `, element("span", { textContent: stage.note + size }));
    const scale = element("div", { className: "scale" },
      element("span", { className: "low" }), element("i", { textContent: "0" }), element("span", { className: "high" }));
    scale.setAttribute("aria-hidden", "true");
    const tiles = element("div", { className: "tiles" });
    tiles.classList.toggle("image", stage.kind === "input");
    tiles.classList.toggle("units", one(stage) && count > 10);
    tiles.classList.toggle("few", one(stage) && count <= 10);
    const [wide, narrow] = { 10: [10, 5], 30: [15, 6], 50: [25, 10], 100: [25, 10] }[count] ?? [16, 8];
    tiles.style.setProperty("--wide", wide);
    tiles.style.setProperty("--narrow", narrow);
    tiles.setAttribute("role", "group");
    tiles.setAttribute("aria-labelledby", id);
    tiles.append(...Array.from({ length: count }, (_, map) => tile(layer, map)));
    tiles.addEventListener("keydown", (event) => walk(event, tiles));
    return element("section", { className: "stage" },
      element("div", { className: "about" }, title, scale), tiles);
  }));
}

function tile(layer, map) { // one stop of the Tab key for each row: the arrow keys walk in it
  const [, height, width] = stages[layer].shape;
  const made = element("button", { className: "map", type: "button", tabIndex: map ? -1 : 0 },
    element("span", { className: "picture" }, element("canvas", { width, height })));
  made.setAttribute("aria-pressed", "false");
  if (stages[layer].kind !== "input") made.append(`${named(layer, map)}`);
  if (stages[layer].shape[0] <= 10 && one(stages[layer])) made.append(" ", element("b"));
  const what = one(stages[layer]) ? (layer >= stages.length - 2 ? "Digit" : "Unit") : "Map";
  made.setAttribute("aria-label", stages[layer].kind === "input" ? "The image" : `${what} ${named(layer, map)}`);
  made.addEventListener("click", (event) => {
    const place = event.detail === 0 ? strongest(layer, map) : spot(event, made.querySelector("canvas"));
    look(layer, [map, ...place], { focus: true, hold: made });
  });
  return made;
}

function walk(event, tiles) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(tiles), ArrowUp: -columns(tiles) }[event.key];
  if (!step) return;
  const every = [...tiles.children];
  const next = every[every.indexOf(document.activeElement) + step];
  event.preventDefault();
  if (!next) return;
  for (const other of every) other.tabIndex = other === next ? 0 : -1;
  next.focus();
}
const columns = (tiles) => getComputedStyle(tiles).gridTemplateColumns.split(" ").length;

function spot(event, canvas) { // the row and column under the mouse or finger
  const box = canvas.getBoundingClientRect();
  return [
    clamp(Math.floor((event.clientY - box.top) * canvas.height / box.height), canvas.height),
    clamp(Math.floor((event.clientX - box.left) * canvas.width / box.width), canvas.width),
  ];
}

function strongest(layer, map) { // for the keyboard: where this map is largest
  const { numbered, shape: [, height, width] } = stages[layer];
  const mine = numbered.subarray(map * height * width, (map + 1) * height * width);
  const place = mine.indexOf(Math.max(...mine));
  return [Math.floor(place / width), place % width];
}

function paint() {
  for (const [layer, row] of [...find("stages").querySelectorAll(".stage")].entries()) {
    const { size, numbers } = stages[layer];
    row.querySelector(".low").textContent = text(-size, 2);
    row.querySelector(".high").textContent = text(size, 2);
    for (const [map, made] of [...row.querySelectorAll(".map")].entries()) {
      paintMap(made.querySelector("canvas"), layer, map);
      const value = made.querySelector("b");
      if (!value) continue;
      value.textContent = stages[layer].kind === "softmax" ? percent(numbers[map]) : text(numbers[map], 2);
      made.setAttribute("aria-label", `Digit ${map} ${value.textContent}`);
    }
  }
  paintDigits();
}

function paintMap(canvas, layer, map) {
  const { numbered } = stages[layer];
  const start = map * canvas.width * canvas.height;
  fill(canvas, (i) => tint(numbered[start + i] / 127));
}

// ---- where the number is, and where it is from

function mark() {
  for (const old of document.querySelectorAll(".stage .mark")) old.remove();
  for (const made of document.querySelectorAll(".map")) made.setAttribute("aria-pressed", "false");
  const rows = find("stages").querySelectorAll(".stage");
  const tileOf = (layer, map) => rows[layer].querySelectorAll(".map")[map];
  const { layer, unit: [map, row, column] } = chosen;
  tileOf(layer, map).setAttribute("aria-pressed", "true");
  if (!one(stages[layer])) frame(tileOf(layer, map), stages[layer], row, column);
  for (const [before, top, left, height, width] of sources()) {
    frame(tileOf(layer - 1, before), stages[layer - 1], top, left, height, width);
  }
}

function sources() { // [map, top, left, height, width] in the stage before
  const [map, row, column] = chosen.unit;
  if (parts.kind === "convolution") {
    return parts.windows.map(({ map: from, inputs }) => [from, parts.top, parts.left, inputs.length, inputs[0].length]);
  }
  if (parts.kind === "pooling") {
    return [[map, parts.top, parts.left, parts.inputs.length, parts.inputs[0].length]];
  }
  if (parts.kind === "relu") return [[map, row, column, 1, 1]];
  if (parts.kind === "affine") return parts.terms.map(({ unit }) => [...unit, 1, 1]);
  return [];
}

function frame(made, { shape: [, rows, columns] }, top, left, height = 1, width = 1) {
  const [bottom, right] = [Math.min(top + height, rows), Math.min(left + width, columns)];
  [top, left] = [Math.max(top, 0), Math.max(left, 0)]; // the padding is not in the picture
  const box = element("i", { className: "mark" });
  box.style.left = `${100 * left / columns}%`;
  box.style.top = `${100 * top / rows}%`;
  box.style.width = `${100 * (right - left) / columns}%`;
  box.style.height = `${100 * (bottom - top) / rows}%`;
  made.querySelector(".picture").append(box);
}

// ---- the panel

function showPanel() {
  const row = find("stages").querySelectorAll(".stage")[chosen.layer];
  if (row.nextElementSibling !== panel) row.after(panel);
  const [, height, width] = stages[chosen.layer].shape;
  panel.querySelector("h3").textContent = `${where(chosen.layer, chosen.unit)}: ${text(parts.output)}`;
  for (const button of panel.querySelectorAll("[data-move]")) {
    const step = button.dataset.move.split(",").map(Number);
    button.hidden = height * width === 1 && step[0] === 0 || parts.kind === "input" && step[0] !== 0;
    button.disabled = moved(step) === null;
    if (step[0]) button.textContent = one(stages[chosen.layer])
      ? (step[0] < 0 ? "Unit before" : "Next unit") : (step[0] < 0 ? "Map before" : "Next map");
  }
  const inside = panel.contains(document.activeElement);
  const kept = document.activeElement;
  const about = SHOWN[parts.kind]();
  find("parts").replaceChildren(larges(), ...about);
  if (inside && (!kept.isConnected || kept.disabled)) panel.querySelector("h3").focus({ preventScroll: true });
}

function moved(step) { // the unit that lies there; null outside
  const unit = chosen.unit.map((place, i) => place + step[i]);
  return unit.every((place, i) => place >= 0 && place < stages[chosen.layer].shape[i]) ? unit : null;
}

function larges() { // the map before and this one, large enough for a finger
  const [map, row, column] = chosen.unit;
  const made = element("div", { className: "larges" });
  const { layer } = chosen;
  const add = (shownLayer, shownMap, places) => {
    if (one(stages[shownLayer])) return;
    const [, height, width] = stages[shownLayer].shape;
    const canvas = element("canvas", { width, height });
    paintMap(canvas, shownLayer, shownMap);
    const button = element("button", { type: "button" }, element("span", { className: "picture" }, canvas));
    const caption = stages[shownLayer].kind === "input" ? "Image" : `${stages[shownLayer].title}, map ${shownMap + 1}`;
    button.setAttribute("aria-label", `Look at ${caption}, enlarged`);
    button.addEventListener("click", (event) => look(
      shownLayer, [shownMap, ...(event.detail ? spot(event, canvas) : strongest(shownLayer, shownMap))],
      { focus: true, hold: panel }));
    for (const place of places) frame(button, stages[shownLayer], ...place);
    made.append(element("figure", { className: "large" }, button, element("figcaption", { textContent: caption })));
  };
  const from = sources();
  if (["convolution", "pooling", "relu"].includes(parts.kind)) {
    const best = parts.kind === "convolution" ? ordered()[0].map : map;
    add(layer - 1, best, from.filter(([other]) => other === best).map(([, ...place]) => place));
  }
  add(layer, map, [[row, column]]);
  return made;
}

const ordered = () => [...parts.windows].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));

function table(name, rows, { size, go = null, largest = null, top = 0, left = 0 }) {
  const made = element("table");
  made.setAttribute("role", "presentation");
  for (const [r, row] of rows.entries()) {
    made.append(element("tr", {}, ...row.map((value, c) => {
      const cell = element(go ? "button" : "span", { className: "cell", textContent: small(value), title: String(value) });
      if (go) {
        cell.type = "button";
        const [, height, width] = stages[chosen.layer - 1].shape;
        const [y, x] = [top + r, left + c];
        cell.disabled = y < 0 || x < 0 || y >= height || x >= width; // the padding
        cell.setAttribute("aria-label", cell.disabled ? "0, padding" : `${small(value)}, row ${y + 1}, column ${x + 1} of ${stages[chosen.layer - 1].title}`);
        cell.addEventListener("click", () => go(y, x));
      }
      if (largest?.[0] === r && largest?.[1] === c) cell.classList.add("largest");
      cell.style.background = css(tint(0.5 * value / (size || 1)));
      return element("td", {}, cell);
    })));
  }
  const figure = element("figure", { className: "grids" }, element("figcaption", { textContent: name }), made);
  figure.classList.toggle("narrow", rows[0].length <= 3);
  figure.setAttribute("aria-label", name);
  return figure;
}

const sizeOf = (...tables) => Math.max(...tables.flat(2).map(Math.abs));
const sign = (symbol) => element("span", { className: "sign", textContent: symbol });
const back = (map) => (row, column) => look(chosen.layer - 1, [map, row, column], { focus: true, hold: panel });
const strong = (value) => element("b", { textContent: text(value) });
function lead(layer, unit, words) { // a button to a number of another stage
  const button = element("button", { type: "button", className: "lead", textContent: words });
  button.addEventListener("click", () => look(layer, unit, { focus: true, hold: panel }));
  return button;
}
const result = (...children) => element("p", { className: "result" }, ...children);

function thenRelu() {
  if (parts.relu === undefined) return [];
  const next = stages[chosen.layer + 1].title;
  return [result(`Then ${next}: max(0, ${text(parts.output)}) = `, strong(parts.relu), " ",
    lead(chosen.layer + 1, chosen.unit, `Go to ${next}`))];
}

const SHOWN = {
  input: () => [result("A pixel, as the network gets it: ", strong(parts.output), ". It is not computed.")],
  convolution() {
    const every = ordered();
    const shown = all ? every : every.slice(0, FEW);
    const source = stages[chosen.layer - 1];
    const kernels = sizeOf(...parts.windows.map(({ kernel }) => kernel));
    const products = sizeOf(...parts.windows.map(({ products: found }) => found));
    const lines = shown.map(({ map, inputs, kernel, products: found, sum }) => {
      const name = source.kind === "input" ? "Window of the image" : `Window of map ${map + 1}`;
      const { top, left } = parts;
      return element("div", { className: "line" },
        table(name, inputs, { size: source.size, go: back(map), top, left }), sign("×"),
        table("Kernel", kernel, { size: kernels }), sign("="),
        table("Products", found, { size: products }),
        element("span", { className: "sum" }, `add up to ${text(sum)}`));
    });
    const more = [];
    if (every.length > FEW) {
      more.push(element("p", {}, all ? `All ${every.length} windows, the largest sums first. `
        : `${FEW} of ${every.length} windows, those with the largest sums. `,
      Object.assign(element("button", { type: "button", className: "lead", textContent: all ? "Show fewer" : "Show all" }),
        { onclick() { all = !all; showPanel(); } })));
    }
    return [...more, ...lines, result(
      every.length > 1 ? `Sum over all ${every.length} windows ` : "Sum ", strong(parts.sum),
      " + bias ", strong(parts.bias), " = ", strong(parts.output)), ...thenRelu()];
  },
  relu: () => [result(`max(0, ${text(parts.input)}) = `, strong(parts.output), " ",
    lead(chosen.layer - 1, chosen.unit, `Back to ${stages[chosen.layer - 1].title}`))],
  pooling() {
    const { inputs, largest, top, left, map } = parts;
    return [
      element("div", { className: "line" },
        table(`Window of map ${map + 1}`, inputs,
          { size: stages[chosen.layer - 1].size, go: back(map), largest, top, left })),
      result(`max(${inputs.flat().map((value) => text(value)).join(", ")}) = `, strong(parts.output)),
    ];
  },
  affine() {
    const widest = Math.max(...parts.terms.map(({ product }) => Math.abs(product)));
    const rows = parts.terms.map(({ unit, x, w, product }) => {
      const bar = element("i");
      bar.style.width = `${50 * Math.abs(product) / (widest || 1)}%`;
      bar.style[product < 0 ? "right" : "left"] = "50%";
      bar.style.background = css(tint(Math.sign(product)));
      const place = where(chosen.layer - 1, unit);
      return element("tr", {},
        element("th", { scope: "row" }, lead(chosen.layer - 1, unit, place.slice(place.indexOf(",") + 2))),
        ...[x, w, product].map((value) => element("td", { textContent: text(value) })),
        element("td", { className: "bar" }, bar));
    });
    return [element("table", { className: "terms" },
      head(`Input, of ${stages[chosen.layer - 1].title}`, "x", "w", "x · w", ""),
      element("tbody", {}, ...rows)),
    result(...(parts.others.count ? [`The ${parts.others.count.toLocaleString("en")} other products together: `,
      strong(parts.others.sum), ". "] : []), "Sum of all ", strong(parts.sum), " + bias ", strong(parts.bias), " = ",
    strong(parts.output)), ...thenRelu()];
  },
  softmax() {
    const [digit] = chosen.unit;
    const rows = parts.scores.map((score, k) => {
      const row = element("tr", {}, element("th", { scope: "row" },
        lead(chosen.layer - 1, [k, 0, 0], `${k}`)),
      ...[score, parts.exps[k], stages[chosen.layer].numbers[k]].map((value) => element("td", { textContent: text(value, 4) })));
      row.classList.toggle("chosen", k === digit);
      return row;
    });
    return [element("table", { className: "terms" },
      head("Digit", "Score", "exp(score − largest)", "Probability"), element("tbody", {}, ...rows)),
    result(`The largest score, ${text(parts.largest)}, is subtracted from each first: the result is the same, and `
      + "exp cannot overflow."),
    result(`exp(${text(parts.scores[digit])} − ${text(parts.largest)}) = `, strong(parts.exps[digit]),
      ", divided by the sum of all ten, ", strong(parts.sum), ": ", strong(parts.output))];
  },
};
const head = (...names) => element("thead", {}, element("tr", {}, ...names.map((textContent) =>
  textContent ? element("th", { scope: "col", textContent }) : element("td"))));

const KEYS = {
  ArrowLeft: [0, 0, -1], ArrowRight: [0, 0, 1], ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0],
  PageUp: [-1, 0, 0], PageDown: [1, 0, 0],
};
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { // closes the panel, and does not clear the drawing
    event.preventDefault();
    close();
    return;
  }
  let step = KEYS[event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
  if (one(stages[chosen.layer])) step = [step[0] + step[1] + step[2], 0, 0]; // a row of numbers
  event.preventDefault();
  const unit = moved(step);
  if (unit) look(chosen.layer, unit, { hold: panel });
});
panel.addEventListener("click", (event) => {
  const step = event.target.closest("[data-move]")?.dataset.move.split(",").map(Number);
  if (step && moved(step)) look(chosen.layer, moved(step), { hold: panel });
});
panel.querySelector("#close").addEventListener("click", close);

function close() { // and back to the map that was looked at
  const made = find("stages").querySelectorAll(".stage")[chosen.layer].querySelectorAll(".map")[chosen.unit[0]];
  asked++;
  panel.remove();
  for (const old of document.querySelectorAll(".stage .mark")) old.remove();
  for (const other of made.parentElement.children) other.tabIndex = other === made ? 0 : -1;
  made.focus();
}

// ---- the digit: chosen, drawn here, or drawn in the tab Draw

const offered = []; // { name, image }

function paintDigits() {
  for (const [i, button] of [...find("digits").children].entries()) {
    const ink = bytes(offered[i].image);
    fill(button.querySelector("canvas"), (k) => mixed(shades.paper, shades.ink, ink[k] / 255));
    button.setAttribute("aria-pressed", String(offered[i].image === image));
  }
}

function offer(name, picture) {
  const button = element("button", { type: "button" }, element("canvas", { width: 28, height: 28 }), name);
  button.setAttribute("aria-label", name === "yours" ? "yours, the digit that you drew" : `Test image, a ${name}`);
  button.addEventListener("click", () => {
    image = picture;
    drawing.load([]);
    send();
  });
  offered.push({ name, image: picture });
  find("digits").append(button);
}

drawing.changed = async () => { // the network gets it at the end of each stroke
  if (drawing.empty() || drawing.busy()) return;
  const read = await told(() => post("/inside/image", drawing.bytes()));
  if (!read) return;
  image = read.image;
  await send();
};

// ---- the beginning

async function start() {
  const [networks, digits] = await Promise.all(["/networks", "/inside/digits"].map(get));
  network = (networks.find(({ name }) => name === location.hash.slice(1)) ?? networks[0]).name;
  for (const { name, title } of networks) {
    const choice = element("input", { type: "radio", name: "network", value: name, checked: name === network });
    choice.addEventListener("change", () => {
      network = name;
      history.replaceState(null, "", `#${name}`);
      if (image) send();
    });
    find("networks").append(element("label", {}, choice, title,
      element("small", { textContent: name.replace("ch0", "Chapter ") })));
  }
  const own = sessionStorage.getItem("image");
  if (own) offer("yours", own);
  for (const [digit, picture] of digits.entries()) offer(`${digit}`, picture);
  image = own ?? digits[3] ?? null;
  if (image) await send();
}

onTheme(() => {
  drawing.paint();
  shades = colours();
  if (!stages.length) return;
  paint();
  if (panel.isConnected) showPanel();
});
start();
