// The page of `dlscratch draw`: strokes become 280 x 280 bytes, the server answers what a network
// makes of them, and the page shows it: bars, the image, the gradient, the feature maps.
"use strict";

const SIDE = 280; // of the drawing, whatever size the paper has on the screen
const PEN = 24; // where a digit fills most of the paper, about as thick as in MNIST
const STEP = 8; // of the arrow keys

const find = (id) => document.getElementById(id);
const pad = find("pad");
const strokes = []; // each a list of points [x, y], 0 .. 280
let answer = null; // the last one; null before the first stroke
let pointer = null; // the mouse or finger that is drawing
let pen = { x: SIDE / 2, y: SIDE / 2, down: false }; // the one that the arrow keys move
let network = ""; // the name of the one that reads
let asking = false; // an answer is on its way
let late = false; // the drawing has changed since it was sent
let shapes = {}; // of its maps, and those of the others: (F, H, W) of each convolution

// ---- the drawing

function trace(context, colour, scale) {
  Object.assign(context, {
    strokeStyle: colour, lineWidth: PEN * scale, lineCap: "round", lineJoin: "round",
  });
  for (const stroke of strokes) {
    context.beginPath();
    context.moveTo(stroke[0][0] * scale, stroke[0][1] * scale);
    for (let i = 1; i < stroke.length; i++) { // round the corners: a curve through the middles
      const [[x, y], [nextX, nextY]] = [stroke[i - 1], stroke[i]];
      context.quadraticCurveTo(
        x * scale, y * scale, (x + nextX) / 2 * scale, (y + nextY) / 2 * scale);
    }
    const [x, y] = stroke.at(-1);
    context.lineTo(x * scale + 0.01, y * scale); // one point alone is a dot
    context.stroke();
  }
}

function drawing() { // 280 x 280 bytes, 255 = ink
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  trace(context, "#000", 1);
  const rgba = context.getImageData(0, 0, SIDE, SIDE).data;
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => rgba[4 * i + 3]);
}

function paintPad() {
  const width = Math.round(pad.clientWidth * devicePixelRatio);
  if (pad.width !== width) pad.width = pad.height = width;
  const context = pad.getContext("2d");
  context.clearRect(0, 0, width, width);
  trace(context, `rgb(${colours().ink})`, width / SIDE);
  if (document.activeElement === pad && pad.matches(":focus-visible")) {
    context.beginPath();
    context.arc(pen.x * width / SIDE, pen.y * width / SIDE, PEN / 2 * width / SIDE, 0, 7);
    Object.assign(context, { strokeStyle: `rgb(${colours().accent})`, lineWidth: 3 * devicePixelRatio });
    context.stroke();
  }
  find("hint").hidden = strokes.length > 0;
  find("undo").disabled = find("clear").disabled = strokes.length === 0;
}

let frame = 0;
function changed() { // many events, one repaint and one question a frame
  late = true;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => { paintPad(); ask(); });
}

function point(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height];
}

pad.addEventListener("pointerdown", (event) => {
  if (pointer !== null || event.button !== 0) return; // a second finger, or another button
  pointer = event.pointerId;
  pad.setPointerCapture(pointer);
  strokes.push([point(event)]);
  changed();
});
pad.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  const between = event.getCoalescedEvents?.() ?? [];
  strokes.at(-1).push(...(between.length ? between : [event]).map(point));
  changed();
});
for (const end of ["pointerup", "pointercancel"]) {
  pad.addEventListener(end, (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    changed();
  });
}

function undo() {
  if (pointer !== null) return;
  pen.down = false;
  strokes.pop();
  changed();
}

function clear() {
  if (pointer !== null) return;
  pen.down = false;
  strokes.length = 0;
  changed();
}

find("undo").addEventListener("click", undo);
find("clear").addEventListener("click", clear);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clear();
  else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") undo();
  else return;
  event.preventDefault();
});

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
pad.addEventListener("keydown", (event) => {
  const inside = (place) => Math.min(SIDE - PEN / 2, Math.max(PEN / 2, place));
  if (event.key in ARROWS) {
    const [right, down] = ARROWS[event.key];
    pen.x = inside(pen.x + right * STEP);
    pen.y = inside(pen.y + down * STEP);
    if (pen.down) strokes.at(-1).push([pen.x, pen.y]);
  } else if (event.key === " ") {
    pen.down = !pen.down;
    if (pen.down) strokes.push([[pen.x, pen.y]]);
  } else return;
  event.preventDefault();
  changed();
});
pad.addEventListener("focus", paintPad);
pad.addEventListener("blur", () => { pen.down = false; paintPad(); });

// ---- the question

async function ask() { // one at a time: what comes in between is overtaken, never queued
  if (asking) return;
  asking = true;
  while (late) {
    late = false;
    try {
      const read = strokes.length ? await post(drawing()) : null;
      answer = strokes.length && read?.image ? read : null; // it may have been cleared meanwhile
      if (answer) sessionStorage.setItem("image", answer.image); // for the room Look inside
      find("trouble").hidden = true;
    } catch (error) {
      find("trouble").textContent = `${error.message}. Is dlscratch draw still running?`;
      find("trouble").hidden = false;
    }
    show();
  }
  asking = false;
}

async function post(body) {
  const headers = { "Content-Type": "application/octet-stream" };
  const response = await fetch(`/read/${network}`, { method: "POST", headers, body });
  const read = await response.json();
  if (!response.ok) throw new Error(read.reason);
  return read;
}

// ---- the answer

function show() {
  showAnswer();
  showPictures();
  if (pointer === null && !pen.down && !late) speak(); // not in the middle of a stroke
}

// softmax never reaches 1
const percent = (share) => share > 0.9995 ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`;

function showAnswer() {
  const best = answer?.digit;
  find("digit").textContent = best ?? "?";
  find("brief").textContent = answer ? `reads ${best}, ${percent(answer.probabilities[best])}` : "";
  find("digit").parentElement.classList.toggle("undecided", !answer);
  find("sure").textContent = answer ? percent(answer.probabilities[best]) : "";
  for (const [digit, bar] of [...find("bars").children].entries()) {
    const share = answer?.probabilities[digit] ?? 0;
    bar.classList.toggle("winner", digit === best);
    bar.querySelector("i").style.width = `${100 * share}%`;
    bar.querySelector(".share").textContent = answer ? percent(share) : "";
  }
}

function speak() {
  const sentence = answer
    ? `It reads ${answer.digit}, ${percent(answer.probabilities[answer.digit])}` : "Nothing is drawn";
  if (find("spoken").textContent !== sentence) find("spoken").textContent = sentence;
}

function showPictures() {
  arrange(answer ? answer.maps.map((layer) => layer.shape) : shapes[network]);
  if (!answer) {
    for (const canvas of document.querySelectorAll(".pixels, .grid canvas")) wipe(canvas);
    return;
  }
  const { ink, paper, more, less } = colours();
  const greys = Array.from({ length: 256 }, (_, i) => mixed(paper, ink, i / 255));
  const image = bytes(answer.image);
  const gradient = new Int8Array(bytes(answer.gradient).buffer);
  paint(find("image"), (i) => greys[image[i]]);
  paint(find("gradient"), (i) => mixed( // the drawing in a pale grey below
    greys[image[i] >> 2], gradient[i] > 0 ? more : less, Math.abs(gradient[i]) / 127));
  for (const [number, { shape: [, height, width], bytes: text }] of answer.maps.entries()) {
    const numbers = bytes(text);
    for (const [map, canvas] of [...find("layers").children[number].lastChild.children].entries()) {
      const start = map * height * width;
      paint(canvas, (i) => greys[numbers[start + i]]);
    }
  }
}

function arrange(wanted) { // a block for each convolution, a canvas for each of its maps
  const layers = find("layers");
  if (layers.dataset.shapes === JSON.stringify(wanted)) return;
  layers.dataset.shapes = JSON.stringify(wanted);
  layers.replaceChildren(...wanted.map(([count, height, width], number) => {
    const block = element("div", { className: "layer" });
    const what = `${count} maps, ${height} × ${width}`;
    const title = element("h3", { textContent: `Convolution ${number + 1} ` });
    title.append(element("span", { textContent: what }));
    const grid = element("div", { className: "grid" });
    grid.setAttribute("role", "img");
    grid.setAttribute("aria-label", `Feature maps of convolution ${number + 1}: ${what}`);
    const wide = count % 15 ? Math.min(count, 32) : 15;
    grid.style.setProperty("--wide", wide);
    grid.style.setProperty("--narrow", wide === 15 ? 10 : wide / 2);
    grid.append(...Array.from({ length: count }, () => element("canvas", { width, height })));
    block.append(title, grid);
    return block;
  }));
}

// ---- pieces

const element = (name, properties) => Object.assign(document.createElement(name), properties);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const mixed = (from, to, share) => from.map((part, i) => part + share * (to[i] - part));

function colours() { // those of the style sheet, as [r, g, b]
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => style.getPropertyValue(name).match(/[0-9a-f]{2}/gi)
    .map((part) => parseInt(part, 16));
  return Object.fromEntries(
    ["ink", "paper", "more", "less", "accent"].map((name) => [name, rgb(`--${name}`)]));
}

function wipe(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

function paint(canvas, colour) {
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < picture.data.length / 4; i++) picture.data.set([...colour(i), 255], 4 * i);
  context.putImageData(picture, 0, 0);
}

// ---- the beginning

async function start() {
  find("bars").append(...Array.from({ length: 10 }, (_, digit) => {
    const bar = element("li");
    bar.append(digit, element("span", { className: "track" }), element("span", { className: "share" }));
    bar.querySelector(".track").append(element("i"));
    return bar;
  }));
  const networks = await (await fetch("/networks")).json();
  shapes = Object.fromEntries(networks.map(({ name, maps }) => [name, maps]));
  network = (networks.find(({ name }) => name === location.hash.slice(1)) ?? networks[0]).name;
  for (const { name, title, parameters } of networks) {
    const label = element("label");
    const checked = name === network;
    const choice = element("input", { type: "radio", name: "network", value: name, checked });
    choice.addEventListener("change", () => {
      network = name;
      history.replaceState(null, "", `#${name}`);
      changed();
    });
    const chapter = name.replace("ch0", "Chapter ");
    const small = element("small", { textContent: chapter });
    small.append(element("span", { textContent: `, ${parameters.toLocaleString("en")} parameters` }));
    label.append(choice, title, small);
    find("networks").append(label);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { paintPad(); show(); });
  new ResizeObserver(paintPad).observe(pad);
  paintPad();
  show();
}

start();
