// The page of `dlscratch draw`: the drawing goes to the server, which answers what each network makes
// of it, and the page shows it: bars side by side, the image, gradients, feature maps, a history.
import { drawing } from "/pen.js";
import { bytes, colours, complain, element, fill, find, get, mixed, onTheme, percent, post, signed }
  from "/shared.js";

const REMEMBERED = 12; // drawings in the history

let answers = null; // {name: answer} of the last drawing; null before the first stroke
let network = ""; // the name of the one whose gradients and maps are shown
let wanted = null; // the class whose gradient is shown; null: the one that wins
let asking = false; // answers are on their way
let late = false; // the drawing has changed since it was sent
let networks = []; // {name, title, parameters, maps: (F, H, W) of each convolution}

// ---- the question

drawing.changed = () => { late = true; ask(); };

async function ask() { // one at a time: what comes in between is overtaken, never queued
  if (asking) return;
  asking = true;
  while (late) {
    late = false;
    try {
      const found = drawing.empty() ? null : await read(drawing.bytes());
      answers = drawing.empty() ? null : found; // it may have been cleared meanwhile
      if (answers) sessionStorage.setItem("image", answer().image); // for the tab Look inside
      complain();
    } catch (error) { complain(error); }
    show();
  }
  asking = false;
}

async function read(body) { // {name: answer}, or null if there is no ink
  const found = await Promise.all(networks.map(({ name }) => post(`/read/${name}`, body)));
  return found[0].image ? Object.fromEntries(networks.map(({ name }, i) => [name, found[i]])) : null;
}

// ---- the answers

const answer = () => answers?.[network] ?? null;

function show() {
  for (const { name } of networks) showBars(name);
  find("brief").textContent = answers ? sentence() : "";
  showPictures();
  if (!drawing.busy() && !late) speak();
}

function sentence() { // "Both read 3", or who reads what
  const digits = networks.map(({ name }) => answers[name].digit);
  if (new Set(digits).size === 1) return `${digits.length === 2 ? "Both read" : "All read"} ${digits[0]}`;
  return networks.map(({ title }, i) => `${title} reads ${digits[i]}`).join(", ");
}

function showBars(name) {
  const panel = find(`reader-${name}`), found = answers?.[name], best = found?.digit;
  const shown = wanted ?? best; // the class whose gradient is shown
  panel.querySelector(".digit").textContent = best ?? "?";
  panel.querySelector(".sure").textContent = found ? percent(found.probabilities[best]) : "";
  panel.classList.toggle("undecided", !found);
  for (const [digit, bar] of [...panel.querySelector("ol").children].entries()) {
    const share = found?.probabilities[digit] ?? 0;
    const button = bar.firstChild;
    bar.classList.toggle("winner", digit === best);
    button.disabled = !found;
    button.setAttribute("aria-pressed", Boolean(found) && name === network && digit === shown);
    bar.querySelector("i").style.width = `${100 * share}%`;
    bar.querySelector(".share").textContent = found ? percent(share) : "";
  }
}

function showWhy(name, digit) { // a bar was chosen: show the gradient of this score
  wanted = name === network && wanted === digit ? null : digit; // again: back to the winner
  choose(name);
}

function choose(name) {
  network = name;
  find(`choice-${name}`).checked = true;
  history.replaceState(null, "", `#${name}`);
  show();
}

function speak() {
  const text = answers ? sentence() : "Nothing is drawn";
  if (find("spoken").textContent !== text) find("spoken").textContent = text;
}

function showPictures() {
  const found = answer(), { title, maps } = networks.find(({ name }) => name === network);
  arrange(found ? found.maps.map((layer) => layer.shape) : maps);
  find("gradient-of").textContent = found
    ? `Of ${title}'s score for ${wanted ?? found.digit}:` : "Of a score, for each pixel:";
  find("gradient-title").textContent = wanted === null || wanted === found?.digit
    ? "What counts" : `Why not ${wanted}?`;
  if (!found) {
    for (const canvas of document.querySelectorAll(".pixels, .grid canvas")) wipe(canvas);
    return;
  }
  const { ink, paper, more, less } = colours();
  const greys = Array.from({ length: 256 }, (_, i) => mixed(paper, ink, i / 255));
  const image = bytes(found.image);
  const gradient = signed(found.gradients[wanted ?? found.digit]);
  fill(find("image"), (i) => greys[image[i]]);
  fill(find("gradient"), (i) => mixed( // the drawing in a pale grey below
    greys[image[i] >> 2], gradient[i] > 0 ? more : less, Math.abs(gradient[i]) / 127));
  for (const [number, { shape: [, height, width], bytes: text }] of found.maps.entries()) {
    const numbers = bytes(text);
    for (const [map, canvas] of [...find("layers").children[number].lastChild.children].entries()) {
      const start = map * height * width;
      fill(canvas, (i) => greys[numbers[start + i]]);
    }
  }
}

function arrange(shapes) { // a block for each convolution, a canvas for each of its maps
  const layers = find("layers");
  if (layers.dataset.shapes === JSON.stringify(shapes)) return;
  layers.dataset.shapes = JSON.stringify(shapes);
  layers.replaceChildren(...shapes.map(([count, height, width], number) => {
    const what = `${count} maps, ${height} × ${width}`;
    const title = element("h3", {}, `Convolution ${number + 1} `, element("span", {}, what));
    const grid = element("div", { className: "grid" });
    grid.setAttribute("role", "img");
    grid.setAttribute("aria-label", `Feature maps of convolution ${number + 1}: ${what}`);
    const wide = count % 15 ? Math.min(count, 32) : 15;
    grid.style.setProperty("--wide", wide);
    grid.style.setProperty("--narrow", wide === 15 ? 10 : wide / 2);
    grid.append(...Array.from({ length: count }, () => element("canvas", { width, height })));
    return element("div", { className: "layer" }, title, grid);
  }));
}

// ---- digits to load, and what was drawn before

const kept = []; // {items, image, text}, the newest first

drawing.cleared = remember;

function remember() { // what is drawn goes to the history
  wanted = null;
  if (!answers || late) return;
  const image = bytes(answer().image);
  kept.unshift({ items: drawing.items(), image, text: sentence() });
  kept.length = Math.min(kept.length, REMEMBERED);
  showHistory();
}

function showHistory() {
  find("history").hidden = kept.length === 0;
  find("kept").replaceChildren(...kept.map((entry) =>
    thumbnail(entry.image, entry.text.replace(/[^\d,]/g, "").replace(",", " / "), entry.text,
      () => { remember(); drawing.load(entry.items); })));
}

function thumbnail(image, text, name, load) {
  const canvas = element("canvas", { width: 28, height: 28 });
  const button = element("button", { type: "button", className: "thumbnail", title: name },
    canvas, element("span", {}, text));
  button.setAttribute("aria-label", `${text}, load: ${name}`); // what is seen, first
  button.addEventListener("click", load);
  canvas.dataset.image = image.join(" ");
  paintThumbnail(canvas);
  return button;
}

function paintThumbnail(canvas) {
  const { ink, paper } = colours(), image = canvas.dataset.image.split(" ");
  fill(canvas, (i) => mixed(paper, ink, image[i] / 255));
}

async function offerDigits() {
  const found = await get("/digits");
  find("no-digits").hidden = found.first.length > 0;
  if (!found.first.length) return;
  for (const [kind, digits] of Object.entries(found)) {
    find(kind).append(...digits.map(({ index, label, image, read }) => {
      const said = networks.map(({ name, title }) => `${title} reads ${read[name]}`).join(", ");
      const text = kind === "first" ? label : `${label}: ${Object.values(read).join(" / ")}`;
      const digit = bytes(image);
      const load = () => { remember(); drawing.load([{ digit }]); };
      return thumbnail(digit, text, `test image ${index}, a ${label}; ${said}`, load);
    }));
  }
  find("digits").hidden = false;
}

function wipe(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

// ---- the beginning

function reader({ name, title, parameters }) { // a network's verdict and its ten bars
  const chapter = `${name.replace("ch0", "chapter ")}, ${parameters.toLocaleString("en")} parameters`;
  const verdict = element("div", { className: "verdict" },
    element("span", { className: "digit" }, "?"), element("span", { className: "sure" }));
  verdict.setAttribute("aria-hidden", "true");
  const bars = Array.from({ length: 10 }, (_, digit) => {
    const button = element("button", { type: "button", disabled: true },
      element("span", { className: "name" }, `${digit}`),
      element("span", { className: "track" }, element("i")), element("span", { className: "share" }));
    button.addEventListener("click", () => showWhy(name, digit));
    return element("li", {}, button);
  });
  return element("div", { className: "reader", id: `reader-${name}` },
    element("h3", {}, title, element("small", {}, chapter)), verdict,
    element("ol", { className: "bars" }, ...bars));
}

function choice({ name, title }) {
  const input = element("input", { type: "radio", name: "network", value: name, id: `choice-${name}` });
  input.addEventListener("change", () => { wanted = null; choose(name); });
  return element("label", {}, input, title);
}

async function start() {
  networks = await get("/networks");
  find("readers").append(...networks.map(reader));
  find("networks").append(...networks.map(choice));
  const asked = networks.find(({ name }) => name === location.hash.slice(1)) ?? networks.at(-1);
  network = asked.name;
  find(`choice-${network}`).checked = true;
  onTheme(() => {
    drawing.paint();
    show();
    document.querySelectorAll(".thumbnail canvas").forEach(paintThumbnail);
  });
  drawing.paint();
  show();
  offerDigits();
}

start();
