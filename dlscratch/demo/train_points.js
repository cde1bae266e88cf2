// A network of the Train tab that learns from points: its units, weights and output as pictures.
import { bytes, css, element, fill, find, mixed, shape, signed } from "/shared.js";

const PIXELS = 32; // along each side of a picture
let points = {}; // of training and test: [x, y, class]

export const view = {
  arrange,
  paint(frame, shades) {
    paintUnits(frame, shades);
    paintOutput(frame, shades);
  },
};

function arrange({ units, points: sent }) { // a column for the inputs, each hidden layer, the output
  points = sent;
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

function picture(text, read, colour) { // base64 of PIXELS x PIXELS bytes -> a canvas of that size
  const canvas = new OffscreenCanvas(PIXELS, PIXELS);
  const numbers = read(text);
  fill(canvas, (i) => colour(numbers[i]));
  return canvas;
}

function paintUnits(frame, { paper, more, less }) {
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

function paintOutput(frame, { paper, ink, more, less }) {
  const canvas = find("output");
  const context = canvas.getContext("2d");
  const side = canvas.width;
  context.imageSmoothingEnabled = true;
  context.drawImage(picture(frame.field, bytes, (value) => value > 127
    ? mixed(paper, more, 0.75 * (value - 127.5) / 127.5)
    : mixed(paper, less, 0.75 * (127.5 - value) / 127.5)), 0, 0, side, side);
  for (const [name, listed] of Object.entries(points)) {
    for (const [x, y, kind] of listed) {
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
