// A network of the Train tab that learns from digits: the weights of its first layer as pictures, the
// histograms of its activations, and what it says of some test digits.
import { bytes, css, element, fill, find, mixed, percent, signed } from "/shared.js";

const WIDTH = 480, HEIGHT = 96; // of a histogram
let digits = []; // { label, image }

export const view = { arrange, paint };

function arrange({ filters, histograms, digits: sent }) { // a place for each thing that will move
  digits = sent;
  find("filters").replaceChildren(...filters.map((_, unit) =>
    drawn(28, 28, `Weights of unit ${unit + 1} of the first layer`)));
  find("histograms").replaceChildren(...histograms.map((_, layer) => element("figure", {},
    drawn(WIDTH, HEIGHT, `Activations of layer ${layer + 1}`), element("figcaption"))));
  find("read").replaceChildren(...digits.map(() =>
    element("figure", {}, drawn(28, 28, ""), element("figcaption"))));
}

function drawn(width, height, name) { // a picture with a name for those who do not see it
  const canvas = element("canvas", { width, height });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", name);
  return canvas;
}

function paint({ filters, largest, histograms, read }, shades) {
  const { paper, more, less } = shades;
  for (const [unit, canvas] of [...find("filters").children].entries()) {
    const weights = signed(filters[unit]);
    fill(canvas, (i) => mixed(paper, weights[i] > 0 ? more : less, Math.abs(weights[i]) / 127));
  }
  find("largest").textContent = largest.toPrecision(2);
  for (const [layer, figure] of [...find("histograms").children].entries()) {
    paintHistogram(figure, layer, histograms[layer], shades);
  }
  for (const [i, figure] of [...find("read").children].entries()) {
    paintDigit(figure, digits[i], read[i], shades);
  }
}

function paintHistogram({ firstChild: canvas, lastChild: caption }, layer, { low, high, counts }, { accent }) {
  const context = canvas.getContext("2d");
  const [wide, most] = [WIDTH / counts.length, Math.max(...counts, 1)];
  context.clearRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = css(accent);
  for (const [i, count] of counts.entries()) {
    const height = count / most * (HEIGHT - 4);
    context.fillRect(i * wide + 1, HEIGHT - height, wide - 2, height);
  }
  caption.textContent = `layer ${layer + 1}: ${low.toFixed(2)} to ${high.toFixed(2)}`;
}

function paintDigit(figure, { label, image }, [digit, share], { paper, ink }) {
  const [canvas, caption] = figure.children;
  const pixels = bytes(image);
  fill(canvas, (i) => mixed(paper, ink, pixels[i] / 255));
  const wrong = digit !== label;
  canvas.setAttribute("aria-label", `A ${label}, read as ${digit}, ${percent(share)}`);
  caption.replaceChildren(element("b", {}, `${digit}${wrong ? " ✗" : ""}`), ` ${Math.round(100 * share)}`);
  figure.classList.toggle("wrong", wrong);
}
