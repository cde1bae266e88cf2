// What all tabs share: elements, colours, pictures, and questions to the server.

// ---- elements

export const find = (id) => document.getElementById(id);

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function shape(name, attributes, text = "") { // a part of an SVG picture
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// ---- colours, as [r, g, b]

const NAMES = ["ink", "quiet", "paper", "line", "more", "less", "accent"];

export function colours() { // those of the style sheet, by day or by night
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => style.getPropertyValue(`--${name}`).match(/[0-9a-f]{2}/gi)
    .map((part) => parseInt(part, 16));
  return Object.fromEntries(NAMES.map((name) => [name, rgb(name)]));
}

export const mixed = (from, to, share) => from.map((part, i) => part + share * (to[i] - part));
export const css = ([r, g, b], alpha = 1) => `rgb(${r} ${g} ${b} / ${alpha})`;

export function onTheme(change) { // whenever the day becomes night, or the other way round
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", change);
}

// ---- pictures: numbers from the server are bytes in base64

export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
export const signed = (text) => new Int8Array(bytes(text).buffer);

export function fill(canvas, colour) { // colour(i): that of pixel i, row by row
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < picture.data.length / 4; i++) picture.data.set([...colour(i), 255], 4 * i);
  context.putImageData(picture, 0, 0);
}

// ---- words

// softmax never reaches 1
export const percent = (share) => share > 0.9995 ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`;

export function complain(error = null) { // show why something failed; nothing: all is well again
  find("trouble").textContent = error?.message ?? "";
  find("trouble").hidden = error === null;
}

// ---- the server

export const GONE = "The server does not answer: start dlscratch draw again. This page stays as it is.";

export const get = (path) => answer(fetch(path));

export function post(path, body) { // bytes as they are, anything else as JSON
  const drawn = body instanceof Uint8Array;
  const headers = { "Content-Type": drawn ? "application/octet-stream" : "application/json" };
  return answer(fetch(path, { method: "POST", headers, body: drawn ? body : JSON.stringify(body) }));
}

async function answer(fetched) { // what it says, or an Error with the reason why not
  const response = await fetched.catch(() => { throw new Error(GONE); });
  const read = await response.json();
  if (!response.ok) throw new Error(read.reason);
  return read;
}
