// The tab of the computational graph. The server makes the graph and its numbers; this page shows
// them one step after the other: step k of the list that came, or none at 0.
import { complain, element, find, post, shape } from "/shared.js";

const INCH = 112, MARGIN = 8, AWAY = 9; // pixels: of an inch, around the graph, from edge to words
const PADDING = 8, SMALLEST = 0.8; // pixels beside the picture; its smallest part of its full size
const values = new Map(); // name -> what stands in its field
let graph = null;
let shown = 0; // steps that are shown
let asked = 0; // the last question; an older answer is dropped

// ---- what the server is asked

const FUNCTIONS = ["exp", "log", "sin", "cos", "sqrt", "tanh", "sigmoid", "relu", "max", "sum"];

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
      width: Math.max(1, (find("picture").clientWidth - 2 * PADDING) / INCH),
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

function show() {
  if (!graph) return;
  const done = graph.steps.slice(0, shown);
  const forwards = new Set(done.filter(({ back }) => !back).map(({ node }) => node));
  const backwards = new Set(done.filter(({ back }) => back).map(({ node }) => node));
  const now = done.at(-1);
  const known = (i) => !graph.nodes[i].symbol || forwards.has(i); // its value is there
  const svg = find("graph");
  const [width, height] = [graph.width, graph.height].map((inches) => inches * INCH + 2 * MARGIN);
  svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.style.minWidth = `${SMALLEST * width}px`; // on a narrow screen: a little smaller, then scroll
  const parts = [];
  for (const { line, back, x, y, source, target, value, grad } of graph.edges) {
    parts.push(arrow(line, "", known(source)));
    const below = { x: x * INCH, y: y * INCH + AWAY, class: "grad" };
    if (known(source)) parts.push(shape("text", { x: x * INCH, y: y * INCH - AWAY, class: "value" }, value));
    if (backwards.has(target) && back.length) parts.push(arrow(back, "back", true), shape("text", below, grad));
  }
  graph.nodes.forEach((node, i) => {
    const group = shape("g", { class: "node" });
    group.classList.toggle("now", now?.node === i);
    group.classList.toggle("waiting", node.symbol !== "" && !forwards.has(i));
    if (node.symbol) group.append(outline(node));
    group.append(shape("text", { x: node.x * INCH, y: node.y * INCH + 1 }, node.symbol || node.name));
    parts.push(group);
  });
  svg.replaceChildren(...parts);
  find("first").disabled = find("back").disabled = shown === 0;
  find("next").disabled = find("last").disabled = shown === graph.steps.length;
  find("told").textContent = now
    ? `Step ${shown} of ${graph.steps.length}. ${now.text}.` : "Next shows the first operation.";
}

function outline({ x, y, half, circle }) { // of an operation
  const [cx, cy, width, height] = [x, y, ...half].map((inches) => inches * INCH);
  if (circle) return shape("circle", { cx, cy, r: width });
  return shape("rect", { x: cx - width, y: cy - height, width: 2 * width, height: 2 * height, rx: 10 });
}

function arrow(line, kind, known) {
  const points = line.map(([x, y]) => [x * INCH, y * INCH]);
  const [[fromX, fromY], [x, y]] = points.slice(-2);
  const angle = Math.atan2(y - fromY, x - fromX);
  const head = [2.7, -2.7].map((turn) => `${x + 8 * Math.cos(angle + turn)} ${y + 8 * Math.sin(angle + turn)}`);
  const d = `M${points.map((point) => point.join(" ")).join("L")}M${head[0]}L${x} ${y}L${head[1]}`;
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
let wide = innerWidth;
addEventListener("resize", () => { // a phone's height changes as one scrolls: that is nothing new
  if (wide !== innerWidth) ask(true);
  wide = innerWidth;
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
