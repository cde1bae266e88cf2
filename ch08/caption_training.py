"""Section 8.4.3: how the caption networks learn: first to recognize, then to describe.

From captions alone a CNN hardly learns what a seven is: many layers lie between the word and the
pixels, and the seven may be anywhere. So the CNN is first trained to classify each of 7 x 7 places,
as NIC's was trained on ImageNet. Then the whole network learns to predict the next word of a true
caption from the words before it. Every scene is new, and networks of the same seed see the same
scenes.
"""

import numpy as np

from ch08.caption_networks import seeing_network
from ch08.caption_scenes import draw_captioned
from dlscratch import Adam, CosineDecay
from dlscratch.book.experiment import number
from dlscratch.book.loop import Loop, resume_option

SEE_STEPS, SEE_BATCH, SEE_RATE = 5000, 32, 0.003
TELL_STEPS, TELL_BATCH, TELL_RATE = 10000, 16, 0.002
CLIP = 5.0  # the largest norm of a step's gradient


def training_options(parser):
    resume_option(parser)
    whole = number(int, at_least=1)
    add = parser.add_argument
    add("--see-steps", type=whole, default=SEE_STEPS, help=f"of the CNN (default: {SEE_STEPS})")
    add("--steps", type=whole, default=TELL_STEPS, help=f"with captions (default: {TELL_STEPS})")


def learn_to_see(args, digits):
    """The network that says what stands at each place of a scene of these digits, (x, t)."""
    steps, batch = (4, 8) if args.quick else (args.see_steps, SEE_BATCH)
    rng = np.random.default_rng((args.seed, 0))
    net = seeing_network(rng)
    parts = {"net": (net, Adam(CosineDecay(SEE_RATE, steps)))}
    settings = {"batch": batch}
    loop = Loop(args, "captions-see", steps=steps, parts=parts, rng=rng, settings=settings)
    for _ in loop:
        scenes = draw_captioned(*digits, batch, rng)
        loss, _ = net.loss_and_gradient(scenes.images, scenes.grid)
        loop.update("net")
        loop.record(loss=loss)
    return net


def learn_to_tell(args, net, digits):
    """Train a caption network on scenes of these digits; the losses, one a step."""
    steps, batch = (4, 8) if args.quick else (args.steps, TELL_BATCH)
    rng = np.random.default_rng((args.seed, 1))
    parts = {"net": (net, Adam(CosineDecay(TELL_RATE, steps)))}
    name, settings = f"captions-{net.kind}", {"batch": batch}
    loop = Loop(args, name, steps=steps, parts=parts, rng=rng, settings=settings)
    for _ in loop:
        scenes = draw_captioned(*digits, batch, rng)
        said, next_words = scenes.captions[:, :-1], scenes.captions[:, 1:]
        scores = net.forward(scenes.images, said, training=True)
        loop.record(loss=net.last_layer.forward(scores, next_words))
        net.backward(net.last_layer.backward())
        loop.update("net", clip_norm=CLIP)
    return loop.history["loss"]
