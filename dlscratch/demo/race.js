// The tab of the race. The server lets the library's optimizers walk, and sends every step of all
// four at once; this page shows them one after the other, and asks anew for another start or rate.
import { complain, css, element, colours, find, onTheme, post } from "/shared.js";

const RATES = { SGD: 0.95, Momentum: 0.1, AdaGrad: 1.5, Adam: 0.3 }; // the book's
const WIDE = 10, HIGH = 5; // the valley that is shown: -WIDE .. WIDE, -HIGH .. HIGH
const PACE = 120; // milliseconds from step to step
const valley = find("valley");
const form = find("settings");
let paths = null; // {name: the points [x, y] of each step}
let step = 0; // that is shown
let timer = 0; // while it runs
let asked = 0; // the last question; an older answer is dropped

// ---- what the server is asked

async function begin() { // a new race by the settings; it waits for Start
  pause();
  step = 0;
  const mine = ++asked;
  const number = (name) => Number(form.elements[name].value);
  try {
    const found = await post("/race/run", {
      start: ["x", "y"].map(number),
      rates: Object.fromEntries(Object.keys(RATES).map((name) => [name, number(name)])),
    });
    if (mine !== asked) return;
    paths = found;
    complain();
  } catch (error) {
    if (mine !== asked) return;
    paths = null;
    complain(error);
  }
  show();
}

// ---- start, pause, step

const last = () => Math.max(...Object.values(paths).map((path) => path.length - 1));
const at = (path) => path[Math.min(step, path.length - 1)];
const left = (path) => path.length - 1 < Math.min(step, last()); // it went too far away to go on
const height = ([x, y]) => x * x / 20 + y * y;

function run() {
  if (step === last()) step = 0;
  timer = setInterval(go, PACE);
  show();
}

function pause() {
  clearInterval(timer);
  timer = 0;
  if (paths) speak();
}

function go() {
  step += 1;
  if (step >= last()) { step = last(); pause(); }
  show();
}

function speak() {
  const told = Object.entries(paths).map(([name, path]) => `${name} ${written(path)}`);
  find("spoken").textContent = `Step ${step}, height: ${told.join(", ")}`;
}

// ---- what is shown

function written(path) {
  const now = height(at(path));
  return left(path) || now > 1e4 ? "far away" : now < 1e-4 ? now.toExponential(0) : now.toPrecision(2);
}

function show() {
  find("run").textContent = timer ? "Pause" : "Start";
  find("run").disabled = find("again").disabled = paths === null;
  find("step").disabled = paths === null || step === last();
  find("steps").textContent = step;
  const shades = colours();
  paintValley(shades);
  for (const row of find("racers").children) {
    const name = row.dataset.name;
    row.lastChild.textContent = paths ? written(paths[name]) : "";
    const context = row.querySelector("canvas").getContext("2d");
    context.clearRect(0, 0, 40, 40);
    mark(context, name, 20, 20, 13, shades);
  }
}

const SHAPES = { // of the mark, so that not the colour alone tells them apart
  SGD: (context, x, y, r) => context.arc(x, y, r, 0, 7),
  Momentum: (context, x, y, r) => context.rect(x - r * 0.9, y - r * 0.9, 1.8 * r, 1.8 * r),
  AdaGrad: (context, x, y, r) => lines(context, [[x, y - r], [x + r, y + r * 0.8], [x - r, y + r * 0.8]]),
  Adam: (context, x, y, r) => lines(context, [[x, y - 1.2 * r], [x + r, y], [x, y + 1.2 * r], [x - r, y]]),
};

function lines(context, corners) {
  for (const corner of corners) context.lineTo(...corner);
  context.closePath();
}

function mark(context, name, x, y, radius, { paper }) {
  context.beginPath();
  SHAPES[name](context, x, y, radius);
  Object.assign(context, { fillStyle: colourOf(name), strokeStyle: css(paper), lineWidth: 3 });
  context.stroke();
  context.fill();
}

const colourOf = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name.toLowerCase()}`);
const place = ([x, y]) => [
  (x + WIDE) / (2 * WIDE) * valley.width, (HIGH - y) / (2 * HIGH) * valley.height];

function paintValley(shades) {
  const context = valley.getContext("2d");
  const unit = valley.width / (2 * WIDE);
  context.clearRect(0, 0, valley.width, valley.height);
  Object.assign(context, { strokeStyle: css(shades.line), lineWidth: 3 });
  const [midX, midY] = place([0, 0]);
  for (let half = 1; half <= 5; half++) { // x^2 / 20 + y^2 = half^2: an ellipse
    context.beginPath();
    context.ellipse(midX, midY, Math.sqrt(20) * half * unit, half * unit, 0, 0, 7);
    context.stroke();
  }
  Object.assign(context, { strokeStyle: css(shades.ink), lineWidth: 3 });
  for (const [dx, dy] of [[12, 0], [0, 12]]) {
    context.beginPath();
    context.moveTo(midX - dx, midY - dy);
    context.lineTo(midX + dx, midY + dy);
    context.stroke();
  }
  for (const [name, path] of Object.entries(paths ?? {})) paintPath(context, name, path, shades);
}

function paintPath(context, name, path, shades) {
  const walked = path.slice(0, step + 1).map(place);
  context.beginPath();
  for (const point of walked) context.lineTo(...point);
  Object.assign(context, { strokeStyle: colourOf(name), lineWidth: 4, lineJoin: "round" });
  context.stroke();
  for (const point of walked.slice(0, -1)) {
    context.beginPath();
    context.arc(...point, 5, 0, 7);
    context.fillStyle = colourOf(name);
    context.fill();
  }
  mark(context, name, ...walked.at(-1), 13, shades);
}

// ---- the beginning

function racer([name, rate]) { // a row: its mark, its rate, its height
  const field = element("input", { type: "number", name, value: rate, min: 0.0001, max: 10, step: "any" });
  field.setAttribute("aria-label", `Learning rate of ${name}`);
  const row = element("tr", {},
    element("th", { scope: "row" }, element("canvas", { width: 40, height: 40 }), name),
    element("td", {}, field), element("td"));
  row.dataset.name = name;
  return row;
}

find("run").addEventListener("click", () => {
  if (timer) pause();
  else run();
  show();
});
find("step").addEventListener("click", () => {
  pause();
  go();
});
find("again").addEventListener("click", () => {
  step = 0;
  pause();
  show();
});
valley.addEventListener("click", (event) => { // start there
  const box = valley.getBoundingClientRect();
  const rounded = (value) => Math.round(10 * value) / 10;
  form.elements.x.value = rounded(2 * WIDE * (event.clientX - box.left) / box.width - WIDE);
  form.elements.y.value = rounded(HIGH - 2 * HIGH * (event.clientY - box.top) / box.height);
  begin();
});
form.addEventListener("change", begin);
form.addEventListener("submit", (event) => event.preventDefault());
onTheme(show);
find("racers").append(...Object.entries(RATES).map(racer));
begin();
