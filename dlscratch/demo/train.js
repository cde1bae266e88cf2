// The tab where a network learns. The server trains and sends a frame about ten times a second
// (server-sent events); this page only draws. Closing the stream is the pause: nothing goes on.
import { colours, complain, css, find, GONE, onTheme, post } from "/shared.js";
import { view as digitsView } from "/train_digits.js";
import { view as pointsView } from "/train_points.js";

// What suits each kind of examples, until the reader chooses otherwise.
const KINDS = {
  points: { view: pointsView, presets: { hidden: "4 2", activation: "tanh", init: "xavier", lr: "0.03", batch: 20 } },
  digits: { view: digitsView, presets: { hidden: "50", activation: "relu", init: "he", lr: "0.003", batch: 100 } },
};
const form = find("settings");
let training = null; // { id, .. }, once the server has made one
let stream = null; // while it runs
let frame = null; // the last one
let curve = []; // [step, training loss, test loss, right in training, right in test]
let asked = 0; // the last question; an older answer is dropped

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

async function answered(question) { // its answer; undefined if it failed, or another one was asked
  const mine = ++asked;
  try {
    const read = await question;
    if (mine !== asked) return undefined;
    complain();
    return read;
  } catch (error) {
    if (mine === asked) complain(error);
    return undefined;
  }
}

async function begin() { // a new training by the settings; it waits for Start
  pause();
  training = frame = null;
  buttons();
  const read = await answered(post("/train/start", settings()));
  if (!read) return;
  training = read;
  curve = [];
  KINDS[kind()].view.arrange(training);
  take(training);
  buttons();
}

async function oneStep() {
  pause();
  const read = await answered(post(`/train/${training.id}/step`, {}));
  if (read) take(read);
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
  const { train, test } = next;
  curve.push([next.steps, train.loss, test.loss, train.accuracy, test.accuracy]);
  if (curve.length > 600) curve = curve.filter((_, i) => i % 2 === 0 || i === curve.length - 1);
  cancelAnimationFrame(wanted);
  wanted = requestAnimationFrame(paint);
}

const number = (loss) => loss === null ? "no number" : loss.toFixed(3);
const told = ({ loss, accuracy }) => `${number(loss)}, ${(100 * accuracy).toFixed(1)} %`;

function paint() {
  if (!frame) return;
  const shown = colours();
  KINDS[kind()].view.paint(frame, shown);
  paintCurves("loss", [1, 2], highest(), (loss) => loss.toFixed(2), false, shown);
  paintCurves("right", [3, 4], 1, (share) => `${100 * share}`, true, shown);
  find("epochs").textContent = Math.floor(frame.epochs).toLocaleString("en");
  find("steps").textContent = frame.steps.toLocaleString("en");
  for (const name of ["train", "test"]) find(name).textContent = told(frame[name]);
  if (frame.train.loss === null) {
    pause();
    complain(new Error("The loss is no number any more: try a smaller learning rate."));
  }
}

function speak() {
  find("spoken").textContent = `Step ${frame.steps}: of the test ${kind()} `
    + `${(100 * frame.test.accuracy).toFixed(0)} % right, loss ${number(frame.test.loss)}`;
}

// ---- the curves

// Two lines over the steps. columns: of `curve`, training and test; low: the legend stands low, where
// the lines do not go.
function paintCurves(id, columns, top, written, low, { ink, quiet, line, more, less }) {
  const canvas = find(id);
  const context = canvas.getContext("2d");
  const [width, height, left, bottom] = [canvas.width, canvas.height, 46, 28];
  context.clearRect(0, 0, width, height);
  const last = Math.max(1, curve.at(-1)[0]);
  const x = (step) => left + step / last * (width - left - 12);
  const y = (value) => height - bottom - Math.min(value, top) / top * (height - bottom - 12);
  Object.assign(context, { font: "14px system-ui, sans-serif", fillStyle: css(quiet),
    strokeStyle: css(line), lineWidth: 1 });
  for (const value of [0, 0.5 * top, top]) {
    context.beginPath();
    context.moveTo(left, y(value));
    context.lineTo(width - 12, y(value));
    context.stroke();
    context.fillText(written(value), 6, y(value) + 5);
  }
  context.fillText("0", left, height - 8);
  context.fillText(`step ${last.toLocaleString("en")}`, width - 100, height - 8);
  const legend = low ? height - bottom - 32 : 24;
  [[less, []], [more, [7, 5]]].forEach(([colour, dash], i) => {
    context.beginPath();
    context.setLineDash(dash);
    Object.assign(context, { strokeStyle: css(colour), lineWidth: 2.5 });
    for (const row of curve) {
      if (row[columns[i]] !== null) context.lineTo(x(row[0]), y(row[columns[i]]));
    }
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = css(ink);
    context.fillText(["training, solid", "test, dashed"][i], width - 130, legend + 20 * i);
    context.fillStyle = css(colour);
    context.fillRect(width - 150, legend - 8 + 20 * i, 12, 5);
  });
}

function highest() { // of the losses, as far as they are worth showing
  const known = curve.flatMap(([, ...row]) => row.slice(0, 2)).filter((loss) => loss !== null);
  return 1.05 * Math.min(3, Math.max(0.1, ...known));
}

// ---- the settings

const kind = () => form.elements.data.value === "mnist" ? "digits" : "points";

function suit() { // other examples: what belongs to them is shown, and what suits them is chosen
  for (const part of document.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== kind();
  if (form.dataset.suited === kind()) return;
  form.dataset.suited = kind();
  for (const [name, value] of Object.entries(KINDS[kind()].presets)) form.elements[name].value = value;
}

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
form.addEventListener("change", () => {
  suit();
  outputs();
  begin();
});
form.addEventListener("submit", (event) => event.preventDefault());
onTheme(paint);
new ResizeObserver(paint).observe(find("network"));
suit();
outputs();
begin();
