"""Figure 8-23: a picture is painted in the style of another one (section 8.5.1).

Only the pixels are optimized here, no weights (Gatys et al., 2015). Content is where a network's
features lie, compared at the fourth convolution. Style is which features occur together, wherever
that is: the Gram matrices of the maps, compared at all six. Adam moves the pixels until both fit.
Our own DeepConvNet, which has seen nothing but grey digits, is enough for that. Only brightness is
painted: the colours of the content stay. Beside the figure, a film shows the steps.

    python ch08/style_transfer.py
    python ch08/style_transfer.py --content holiday.jpg --style painting.jpg --size 240

Last line with the default seed:
    mosaic, style | book: comes nearer | here: distance 1.89, after 120 steps 0.024 | holds
"""

import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ch08 import style_pictures as pictures
from ch08.misclassified_mnist import learned_net
from ch08.style_loss import Gram, RelativeError, TotalVariation
from dataset.landscape import PICTURE
from dlscratch import Adam, AveragePooling, Convolution, Layer, ReLU, Sequential, figures
from dlscratch.book.experiment import Claim, number, run
from dlscratch.workers import one_blas_thread

CONTENT_STAGE = 3  # the fourth of six, counted from 0
SMOOTHNESS = 0.3  # the weight of the total variation
EVERY = 5  # steps from one frame of the film to the next


def options(parser):
    add, a_file = parser.add_argument, {"type": Path, "metavar": "FILE"}
    size, whole = number(int, at_least=32, at_most=512), number(int, at_least=1)
    weight = number(float, at_least=0)
    add("--content", default=PICTURE, help="what is painted (default: a landscape)", **a_file)
    add("--style", help="how it is painted (default: three styles of our own)", **a_file)
    add("--size", type=size, default=160, help="pixels of the longer side (default: 160)")
    add("--steps", type=whole, default=120, help="steps of Adam (default: 120; 12 with --quick)")
    add("--content-weight", type=weight, default=0.1, help="content beside style (default: 0.1)")


def stages(net):
    """The convolutions of the network in six rows, features read behind each; any size of image.

    Average pooling instead of max: its gradient reaches every pixel, which paints smoother.
    """
    rows = []
    for i, layer in enumerate(layer for layer in net.layers if layer.makes_maps):
        pooling = [AveragePooling(2, 2)] if i in (2, 4) else []
        rows.append(Sequential(*pooling, Convolution(layer.W, layer.b, pad=1), ReLU()))
    return rows


class PictureLoss(Layer):
    """The loss of a picture x, (1, 1, H, W): style + content_weight * content + smoothness.

    content, style: pictures (1, 1, H, W), of any two sizes. `distances` holds the style's and the
    content's part of the last forward pass.
    """

    def __init__(self, stages, content, style, content_weight):
        self.stages = stages
        self.content_weight = content_weight
        self.style = [Gram().forward(maps) for maps in self.features(style)]
        self.content = self.features(content)[CONTENT_STAGE]
        self.parts = [(Gram(), RelativeError()) for _ in stages]
        self.content_error = RelativeError()
        self.variation = TotalVariation()

    def children(self):
        return tuple(self.stages)

    def features(self, x):
        """The output of every stage."""
        return [x := stage.forward(x) for stage in self.stages]

    def forward(self, x, training=False):
        maps = self.features(x)
        terms = zip(self.parts, maps, self.style)
        style = sum(error.forward(gram.forward(F), A) for (gram, error), F, A in terms)
        content = self.content_error.forward(maps[CONTENT_STAGE], self.content)
        self.distances = style, content
        return style + self.content_weight * content + SMOOTHNESS * self.variation.forward(x)

    def backward(self, dout):
        dL = float(dout[0])
        d = 0  # the gradient of what stage i returns: from the stages behind it, and its own terms
        for i in reversed(range(len(self.stages))):
            gram, error = self.parts[i]
            d = d + gram.backward(error.backward(dL))
            if i == CONTENT_STAGE:
                d = d + self.content_error.backward(self.content_weight * dL)
            d = self.stages[i].backward(d)
        return d + self.variation.backward(SMOOTHNESS * dout)


def paint(loss, x, steps, name):
    """Move the pixels of a copy of x, (1, 1, H, W), downhill.

    Returns the frames of a film, and at each of them (step, distance to style, to content).
    """
    pixels, optimizer = {"x": x.copy()}, Adam(0.02)
    frames, distances = [], []
    with tqdm(range(steps + 1), name, leave=False, disable=None) as bar:
        for step in bar:
            value = loss.forward(pixels["x"])
            if step % EVERY == 0 or step == steps:
                bar.set_postfix(loss=f"{value[0]:.4f}")
                frames.append(pixels["x"].copy())
                distances.append((step, *loss.distances))
            optimizer.update(pixels, {"x": loss.backward(np.ones_like(value))})
            np.clip(pixels["x"], 0, 1, out=pixels["x"])
    return frames, distances


def claims_of(name, loss, x, distances):
    """Whether x has the style, and the content where it was: nearer than when it is moved."""
    (_, start, _), (steps, end, near) = distances[0], distances[-1]
    aside = np.roll(loss.content, loss.content.shape[3] // 2, axis=3)  # by half a picture
    far = RelativeError().forward(loss.features(x)[CONTENT_STAGE], aside)
    content = f"distance {near:.2f}, to the content moved aside {far:.2f}"
    style = f"distance {start:.2f}, after {steps} steps {end:.3f}"
    why = "it takes about 100 steps" if steps < 100 and end > start / 10 else ""
    return [
        Claim(f"{name}, content", "stays near", content, near < far),
        Claim(f"{name}, style", "comes nearer", style, end < start / 10, why),
    ]


def main(args):
    size, steps = (48, min(args.steps, 12)) if args.quick else (args.size, args.steps)
    rng = np.random.default_rng(args.seed)
    content = pictures.load_picture(args.content, size)
    styles = {name: draw(rng) for name, draw in pictures.READY.items()}
    if args.style:
        styles = {args.style.stem: pictures.brightness(pictures.load_picture(args.style, size))}
    films, curves, claims = {}, {}, []
    for name, style in styles.items():
        started = time.perf_counter()
        target, style = pictures.as_ink(pictures.brightness(content)), pictures.as_ink(style)
        noise = 0.05 * rng.standard_normal(target.shape).astype(np.float32)
        with one_blas_thread():
            loss = PictureLoss(stages(learned_net()), target, style, args.content_weight)
            frames, curves[name] = paint(loss, target + noise, steps, name)
            claims += claims_of(name, loss, frames[-1], curves[name])
        films[name] = [pictures.with_brightness(content, 1 - x[0, 0]) for x in frames]
        print(f"{name}: {steps} steps in {time.perf_counter() - started:.1f} seconds")
    args.save(pictures.draw(content, styles, films, curves), "fig_8-23_style_transfer.png")
    beside = (np.concatenate(frames, axis=1) for frames in zip(*films.values(), strict=True))
    figures.save_film(beside, args.out / "style_transfer.gif")
    return claims


if __name__ == "__main__":
    run(main, __doc__, options)
