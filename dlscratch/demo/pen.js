// The drawing: strokes of mouse, finger or keyboard and loaded digits, undone and redone, as
// 280 x 280 bytes. Whoever wants to know of changes sets `drawing.changed`.
import { colours, css, find } from "/shared.js";

const SIDE = 280; // of the drawing, whatever size the paper has on the screen
const PEN = 24; // where a digit fills most of the paper, about as thick as in MNIST
const THIN = 0.12; // of the digit's longer side: the same thickness once it is 20 pixels long
const STEP = 8; // of the arrow keys

export const pad = find("pad");
let items = []; // what is drawn: strokes, each a list of points [x, y], 0 .. 280, and loaded digits
let undone = []; // what redo brings back
let pointer = null; // the mouse or finger that is drawing
let pen = { x: SIDE / 2, y: SIDE / 2, down: false }; // the one that the arrow keys move

export const drawing = {
  changed: () => {},
  empty: () => items.length === 0,
  busy: () => pointer !== null || pen.down, // in the middle of a stroke
  items: () => [...items],
  bytes: inked,
  load(wanted) { items = [...wanted]; undone = []; pen.down = false; changed(); },
  clear,
  paint: paintPad,
};

function trace(context, colour, scale, width) {
  Object.assign(context, {
    strokeStyle: colour, lineWidth: width * scale, lineCap: "round", lineJoin: "round",
  });
  for (const item of items) {
    if (item.digit) paintDigit(context, item.digit, colour, scale);
    else paintStroke(context, item, scale);
  }
}

function paintStroke(context, stroke, scale) {
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

function paintDigit(context, bytes, colour, scale) { // 28 x 28 squares, each as dark as its pixel
  const side = SIDE / 28 * scale;
  context.fillStyle = colour;
  for (const [i, byte] of bytes.entries()) {
    context.globalAlpha = byte / 255;
    if (byte) context.fillRect((i % 28) * side, Math.floor(i / 28) * side, side, side);
  }
  context.globalAlpha = 1;
}

function penWidth() { // a small digit is enlarged to 20 pixels, and would become a blob
  const points = items.flatMap((item) => item.digit ? [[0, 0], [SIDE, SIDE]] : item);
  const length = (axis) => {
    const places = points.map((point) => point[axis]);
    return places.reduce((a, b) => Math.max(a, b)) - places.reduce((a, b) => Math.min(a, b));
  };
  const side = Math.max(length(0), length(1));
  return side < STEP ? PEN : Math.min(PEN, THIN * side); // a dot is a dot
}

function inked() { // 280 x 280 bytes, 255 = ink
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (items.length) trace(context, "#000", 1, penWidth());
  const rgba = context.getImageData(0, 0, SIDE, SIDE).data;
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => rgba[4 * i + 3]);
}

function paintPad() {
  const width = Math.round(pad.clientWidth * devicePixelRatio);
  if (pad.width !== width) pad.width = pad.height = width;
  const context = pad.getContext("2d");
  const { ink, accent } = colours();
  context.clearRect(0, 0, width, width);
  trace(context, css(ink), width / SIDE, PEN);
  if (document.activeElement === pad && pad.matches(":focus-visible")) {
    context.beginPath();
    context.arc(pen.x * width / SIDE, pen.y * width / SIDE, PEN / 2 * width / SIDE, 0, 7);
    context.strokeStyle = css(accent);
    context.lineWidth = 3 * devicePixelRatio;
    context.stroke();
  }
  find("hint").hidden = items.length > 0;
  find("undo").disabled = find("clear").disabled = items.length === 0;
  find("redo").disabled = undone.length === 0;
}

let frame = 0;
function changed() { // many events, one repaint and one question a frame
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => { paintPad(); drawing.changed(); });
}

// ---- mouse and finger

function point(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height];
}

function begin(stroke) {
  items.push(stroke);
  undone = [];
}

pad.addEventListener("pointerdown", (event) => {
  if (pointer !== null || event.button !== 0) return; // a second finger, or another button
  pointer = event.pointerId;
  pad.setPointerCapture(pointer);
  begin([point(event)]);
  changed();
});
pad.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  const between = event.getCoalescedEvents?.() ?? [];
  items.at(-1).push(...(between.length ? between : [event]).map(point));
  changed();
});
pad.addEventListener("pointerup", (event) => {
  if (event.pointerId !== pointer) return;
  pointer = null;
  changed();
});
pad.addEventListener("pointercancel", (event) => { // a second finger has come to zoom: no stroke
  if (event.pointerId !== pointer) return;
  pointer = null;
  items.pop();
  changed();
});

// ---- buttons and keys

function undo() {
  if (pointer !== null || !items.length) return;
  pen.down = false;
  undone.push(items.pop());
  changed();
}

function redo() {
  if (pointer !== null || !undone.length) return;
  pen.down = false;
  items.push(undone.pop());
  changed();
}

function clear() {
  if (pointer !== null) return;
  drawing.cleared?.();
  drawing.load([]);
}

find("undo").addEventListener("click", undo);
find("redo").addEventListener("click", redo);
find("clear").addEventListener("click", clear);
document.addEventListener("keydown", (event) => {
  const control = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (event.defaultPrevented) return; // somebody else's
  if (event.key === "Escape") clear();
  else if (control && (key === "y" || (key === "z" && event.shiftKey))) redo();
  else if (control && key === "z") undo();
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
    if (pen.down) items.at(-1).push([pen.x, pen.y]);
  } else if (event.key === " ") {
    pen.down = !pen.down;
    if (pen.down) begin([[pen.x, pen.y]]);
  } else return;
  event.preventDefault();
  changed();
});
pad.addEventListener("focus", paintPad);
pad.addEventListener("blur", () => { // whoever leaves has lifted the pen
  if (pen.down) changed();
  pen.down = false;
  paintPad();
});
new ResizeObserver(paintPad).observe(pad);
