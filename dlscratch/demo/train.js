// The room where a network learns. The server trains and sends a frame about ten times a second
// (server-sent events); this page only draws. Closing the stream is the pause: nothing goes on.
import { bytes, colours, complain, css, element, fill, find, GONE, mixed, onTheme, post, shape, signed }
  from "/shared.js";

const PIXELS = 32; // along each side of a picture
const form = find("settings");
let training = null; // { id, points }, once the server has made one
let stream = null; // while it runs
let frame = null; // the last one
let curve = []; // [step, training loss, test loss]

// ---- what the server is asked

function settings() {
  const found = { seed: Number(form.dataset.seed ?? 0) };
  for (const { name, type, value, checked } of form.elements) {
    if (name === "") continue; // what stands beside a slider
    if (name === "hidden") found.hidden = (value.match(/[^\s,]+/g) ?? []).map(Number);
    else if (type === "checkbox") found[name] = checked;
    else found[name] = ["noise", "dropout", "lr", "batch", "decay"].includes(name) ? Number(value) : value;
  }
  return found;
}

async function begin() { // a new training by the settings; it waits for Start
  pause();
  try {
    training = await post("/train/start", settings());
    curve = [];
    arrange(training);
    take(training);
    complain();
  } catch (error) {
    training = null;
    complain(error);
  }
  buttons();
}

async function oneStep() {
  pause();
  try {
    take(await post(`/train/${training.id}/step`, {}));
    complain();
  } catch (error) { complain(error); }
}

function run() {
  stream = new EventSource(`/train/${training.id}`);
  stream.onmessage = (event) => take(JSON.parse(event.data));
  stream.addEventListener("end", pause);
  stream.onerror = () => { pause(); complain(new Error(GONE)); };
  buttons();
}

function pause() {
  stream?.close();
  stream = null;
  buttons();
  if (frame) speak();
}

function buttons() {
  find("run").textContent = stream ? "Pause" : "Start";
  find("run").disabled = find("step").disabled = training === null;
}

// ---- what it sends

let wanted = 0;
function take(next) { // draw once for each frame of the screen, whatever comes in between
  frame = next;
  curve.push([next.steps, next.train.loss, next.test.loss]);
  if (curve.length > 600) curve = curve.filter((_, i) => i % 2 === 0 || i === curve.length - 1);
  cancelAnimationFrame(wanted);
  wanted = requestAnimationFrame(paint);
}

const number = (loss) => loss === null ? "no number" : loss.toFixed(3);
const told = ({ loss, accuracy }) => `${number(loss)}, ${(100 * accuracy).toFixed(1)} %`;

function paint() {
  if (!frame) return;
  const shown = colours();
  paintUnits(shown);
  paintOutput(shown);
  paintCurves(shown);
  find("epochs").textContent = Math.floor(frame.epochs).toLocaleString("en");
  find("steps").textContent = frame.steps.toLocaleString("en");
  for (const name of ["train", "test"]) find(name).textContent = told(frame[name]);
  if (frame.train.loss === null) {
    pause();
    complain(new Error("The loss is no number any more: try a smaller learning rate."));
  }
}

function speak() {
  find("spoken").textContent = `Step ${frame.steps}: of the test points `
    + `${(100 * frame.test.accuracy).toFixed(0)} % right, loss ${number(frame.test.loss)}`;
}

function picture(text, read, colour) { // base64 of PIXELS x PIXELS bytes -> a canvas of that size
  const canvas = new OffscreenCanvas(PIXELS, PIXELS);
  const numbers = read(text);
  fill(canvas, (i) => colour(numbers[i]));
  return canvas;
}

// ---- the network

function arrange({ units }) { // a column for the inputs, for each hidden layer and for the output
  const named = (text, ...parts) =>
    element("div", { className: "column" }, element("span", {}, text), ...parts);
  const box = (text) => element("span", { className: "unit input" }, text);
  const hidden = units.map((layer, i) => named(`layer ${i + 1}`, ...layer.map((_, j) => {
    const canvas = element("canvas", { className: "unit", width: 72, height: 72 });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Unit ${j + 1} of layer ${i + 1}`);
    return canvas;
  })));
  find("columns").replaceChildren(
    named("input", box("x"), box("y")), ...hidden, named("output", box("blue"), box("orange")));
}

function paintUnits({ paper, more, less, quiet }) {
  const columns = [...find("columns").children].map((column) => [...column.querySelectorAll(".unit")]);
  frame.units.forEach((layer, i) => layer.forEach((text, j) => {
    const context = columns[i + 1][j].getContext("2d");
    const small = picture(text, signed, (value) => mixed(
      paper, value > 0 ? more : less, Math.abs(value) / 127));
    context.drawImage(small, 0, 0, 72, 72);
  }));
  const frameBox = find("network").getBoundingClientRect();
  const middle = (unit) => {
    const box = unit.getBoundingClientRect();
    return [box.left + box.width / 2 - frameBox.left, box.top + box.height / 2 - frameBox.top];
  };
  const places = columns.map((column) => column.map(middle));
  const lines = frame.weights.flatMap((W, layer) => {
    const largest = Math.max(...W.flat().map(Math.abs), 1e-9);
    return W.flatMap((row, i) => row.map((w, j) => {
      const [[x1, y1], [x2, y2]] = [places[layer][i], places[layer + 1][j]];
      const size = Math.abs(w) / largest;
      return shape("line", { x1, y1, x2, y2, stroke: css(w > 0 ? more : less, 0.25 + 0.75 * size),
        "stroke-width": 0.4 + 4 * size });
    }));
  });
  find("network").querySelector("svg").replaceChildren(...lines);
}

// ---- the output and the curves

function paintOutput({ paper, ink, more, less }) {
  const canvas = find("output");
  const context = canvas.getContext("2d");
  const side = canvas.width;
  context.imageSmoothingEnabled = true;
  context.drawImage(picture(frame.field, bytes, (value) => value > 127
    ? mixed(paper, more, 0.75 * (value - 127.5) / 127.5)
    : mixed(paper, less, 0.75 * (127.5 - value) / 127.5)), 0, 0, side, side);
  for (const [name, points] of Object.entries(training.points)) {
    for (const [x, y, kind] of points) {
      const [left, top] = [(x + 1) / 2 * side, (1 - y) / 2 * side];
      context.beginPath();
      if (kind) {
        context.moveTo(left, top - 6);
        context.lineTo(left + 5.5, top + 4.5);
        context.lineTo(left - 5.5, top + 4.5);
        context.closePath();
      } else context.arc(left, top, 4.5, 0, 7);
      Object.assign(context, { fillStyle: css(kind ? more : less), strokeStyle: css(ink), lineWidth: 1 });
      if (name === "train") context.fill();
      context.stroke();
    }
  }
}

function paintCurves({ ink, quiet, line, more, less }) {
  const canvas = find("curves");
  const context = canvas.getContext("2d");
  const [width, height, left, bottom] = [canvas.width, canvas.height, 46, 28];
  context.clearRect(0, 0, width, height);
  const known = curve.flatMap(([, ...losses]) => losses).filter((loss) => loss !== null);
  const top = Math.min(3, Math.max(0.1, ...known)) * 1.05;
  const last = Math.max(1, curve.at(-1)[0]);
  const x = (step) => left + step / last * (width - left - 12);
  const y = (loss) => height - bottom - Math.min(loss, top) / top * (height - bottom - 12);
  Object.assign(context, { font: "14px system-ui, sans-serif", fillStyle: css(quiet),
    strokeStyle: css(line), lineWidth: 1 });
  for (const part of [0, 0.5, 1]) {
    context.beginPath();
    context.moveTo(left, y(part * top));
    context.lineTo(width - 12, y(part * top));
    context.stroke();
    context.fillText((part * top).toFixed(2), 6, y(part * top) + 5);
  }
  context.fillText("0", left, height - 8);
  context.fillText(`step ${last.toLocaleString("en")}`, width - 100, height - 8);
  [[1, less, []], [2, more, [7, 5]]].forEach(([column, colour, dash], i) => {
    context.beginPath();
    context.setLineDash(dash);
    Object.assign(context, { strokeStyle: css(colour), lineWidth: 2.5 });
    curve.filter((row) => row[column] !== null).forEach((row) => context.lineTo(x(row[0]), y(row[column])));
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = css(ink);
    context.fillText(["training, solid", "test, dashed"][i], width - 130, 24 + 20 * i);
    context.fillStyle = css(colour);
    context.fillRect(width - 150, 16 + 20 * i, 12, 5);
  });
}

// ---- the beginning

function outputs() {
  for (const range of form.querySelectorAll("input[type=range]"))
    range.parentElement.querySelector(".value").textContent = range.value;
}

find("run").addEventListener("click", () => stream ? pause() : run());
find("step").addEventListener("click", oneStep);
find("reset").addEventListener("click", () => {
  form.dataset.seed = Number(form.dataset.seed ?? 0) + 1;
  begin();
});
form.addEventListener("input", outputs);
form.addEventListener("change", begin);
form.addEventListener("submit", (event) => event.preventDefault());
onTheme(paint);
new ResizeObserver(paint).observe(find("network"));
outputs();
begin();
