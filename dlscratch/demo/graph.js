// The room of the computational graph. The server makes the graph and its numbers; this page shows
// them one step after the other: step k of the list that came, or none at 0.
import { complain, element, find, post, shape } from "/shared.js";

const COLUMN = 120, ROW = 96, RADIUS = 20, MARGIN = 60; // of the picture, in its own units
const values = new Map(); // name -> what stands in its field
let graph = null;
let shown = 0; // steps that are shown
let asked = 0; // the last question; an older answer is dropped

// ---- what the server is asked

const FUNCTIONS = ["exp", "log", "sin", "tanh", "sigmoid", "relu", "max", "sum"];

function names() { // of the values in the expression
  const text = find("what").value.replace(/^\s*\w+\s*=(?!=)/, "");
  const found = text.match(/[A-Za-z_]\w*/g) ?? [];
  return [...new Set(found)].filter((name) => !FUNCTIONS.includes(name));
}

function fields() { // one for each name, with what stood there before
  const wanted = names();
  const now = [...find("values").querySelectorAll("input")].map((field) => field.name);
  if (JSON.stringify(wanted) === JSON.stringify(now)) return;
  find("values").replaceChildren(...wanted.map((name) => {
    const field = element("input", { type: "number", step: "any", name, value: values.get(name) ?? 1 });
    values.set(name, field.value);
    field.addEventListener("input", () => { values.set(name, field.value); ask(true); });
    return element("label", {}, `${name} `, field);
  }));
}

async function ask(stay = false) { // stay: at the step that is shown, for other values
  fields();
  const mine = ++asked;
  try {
    const read = await post("/graph/draw", {
      what: find("what").value,
      values: Object.fromEntries(names().map((name) => [name, Number(values.get(name))])),
    });
    if (mine !== asked) return;
    graph = read;
    shown = stay ? Math.min(shown, graph.steps.length) : 0;
    complain();
  } catch (error) {
    if (mine !== asked) return;
    complain(error);
  }
  show();
}

// ---- the picture

const place = ([x, y]) => [MARGIN + x * COLUMN, MARGIN + y * ROW];

function show() {
  if (!graph) return;
  const done = graph.steps.slice(0, shown);
  const forwards = new Set(done.filter(({ back }) => !back).map(({ node }) => node));
  const backwards = new Set(done.filter(({ back }) => back).map(({ node }) => node));
  const now = done.at(-1);
  const known = (i) => !graph.nodes[i].symbol || forwards.has(i); // its value is there
  const svg = find("graph");
  const width = 2 * MARGIN + COLUMN * Math.max(...graph.nodes.map(({ x }) => x));
  const height = 2 * MARGIN + ROW * Math.max(...graph.nodes.map(({ y }) => y));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  const parts = [];
  for (const { points, source, target, value, grad } of graph.edges) {
    const line = points.map(place);
    shorten(line, graph.nodes[source], 0, 1);
    shorten(line, graph.nodes[target], line.length - 1, line.length - 2);
    const back = backwards.has(target) && grad !== "";
    parts.push(arrow(line, -4, "", known(source)));
    if (back) parts.push(arrow([...line].reverse(), -4, "back", true));
    const i = Math.floor((line.length - 1) / 2);
    if (known(source)) parts.push(words(line[i], line[i + 1], -1, value));
    if (back) parts.push(words(line[i], line[i + 1], 1, grad, "grad"));
  }
  graph.nodes.forEach(({ x, y, symbol, name, value }, i) => {
    const [left, top] = place([x, y]);
    const group = shape("g", { class: "node" });
    group.classList.toggle("now", now?.node === i);
    group.classList.toggle("waiting", symbol !== "" && !forwards.has(i));
    if (symbol) {
      group.append(shape("circle", { cx: left, cy: top, r: RADIUS }));
      group.append(shape("text", { x: left, y: top + 1 }, symbol));
    } else group.append(shape("text", { x: left, y: top }, name || value));
    parts.push(group);
  });
  svg.replaceChildren(...parts);
  find("first").disabled = find("back").disabled = shown === 0;
  find("next").disabled = find("last").disabled = shown === graph.steps.length;
  find("told").textContent = now
    ? `Step ${shown} of ${graph.steps.length}. ${now.text}.` : "Next shows the first operation.";
}

function words([x1, y1], [x2, y2], side, text, kind = "") { // above the edge at -1, below it at 1
  const slope = Math.sign(Math.round(y2 - y1)); // -1 rises, 1 falls
  const share = slope ? 0.4 : 0.5;
  const [x, y] = [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
  const attributes = slope // beside a slanted edge, not across it
    ? { x: x - 12 * side * slope, y: y + 8 * side, class: `${kind} ${side * slope > 0 ? "end" : "start"}` }
    : { x, y: y + 17 * side, class: kind };
  return shape("text", attributes, text);
}

function shorten(line, node, at, towards) { // an edge ends at the rim of a node, or beside a name
  const [x, y] = line[at];
  const [dx, dy] = [line[towards][0] - x, line[towards][1] - y];
  const room = node.symbol ? RADIUS : 8 + 4.5 * (node.name || node.value).length;
  const share = room / Math.hypot(dx, dy);
  line[at] = [x + share * dx, y + share * dy];
}

function arrow(line, aside, kind, known) { // moved a little to its own left
  const last = line.at(-1);
  const [fromX, fromY] = line.at(-2);
  const angle = Math.atan2(last[1] - fromY, last[0] - fromX);
  const moved = line.map(([x, y]) => [x - aside * Math.sin(angle) * -1, y + aside * Math.cos(angle)]);
  const tip = moved.at(-1);
  const head = [2.7, -2.7].map((turn) => [tip[0] + 9 * Math.cos(angle + turn), tip[1] + 9 * Math.sin(angle + turn)]);
  const d = `M${moved.map((point) => point.join(" ")).join("L")}`
    + `M${head[0].join(" ")}L${tip.join(" ")}L${head[1].join(" ")}`;
  const made = shape("path", { d, class: kind });
  made.classList.toggle("waiting", !known);
  return made;
}

// ---- the beginning

function go(step) {
  if (!graph) return;
  shown = Math.max(0, Math.min(graph.steps.length, step));
  show();
}

find("first").addEventListener("click", () => go(0));
find("back").addEventListener("click", () => go(shown - 1));
find("next").addEventListener("click", () => go(shown + 1));
find("last").addEventListener("click", () => go(Infinity));
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select")) return;
  if (event.key === "ArrowRight") go(shown + 1);
  else if (event.key === "ArrowLeft") go(shown - 1);
  else return;
  event.preventDefault();
});
find("what").addEventListener("input", () => ask());
find("asked").addEventListener("submit", (event) => event.preventDefault());
function example() {
  const [what, given] = find("examples").value.split("; ");
  find("what").value = what;
  find("values").replaceChildren();
  for (const [name, value] of given.split(", ").map((part) => part.split("="))) values.set(name, value);
  ask();
}
find("examples").addEventListener("change", example);
example();
