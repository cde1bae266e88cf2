"""Every layer that PyTorch has too: outputs, dx and the gradients of all parameters.

Each function makes one random case and returns {what: (ours, that of PyTorch)}. Where PyTorch
defines something otherwise, a comment that begins with DEFINITION says what is converted.
"""

import numpy as np
import torch
from torch.nn import functional as F

from dlscratch import layers as ours
from dlscratch.vision import resize
from tests.against_pytorch.numbers import numbers, rounded


def tensor(array, gradient=False):
    """A copy for PyTorch, as it lies in memory by default."""
    return torch.tensor(np.array(array, order="C"), requires_grad=gradient)


def compare(layer, x, reference, rng, training=False):
    """One pass forward and one backward through both; reference(x, W=.., b=..) -> y."""
    y = layer.forward(x, training)
    parameters = {name: tensor(getattr(layer, name), True) for name in layer.param_names}
    tx = tensor(x, x.dtype.kind == "f")
    ty = reference(tx, **parameters)
    dout = numbers(rng, *y.shape, dtype=y.dtype)
    dx = layer.backward(dout)
    pairs = {"y": (y, ty.detach().numpy())}
    if ty.requires_grad:
        ty.backward(tensor(dout))
    if tx.requires_grad:
        pairs["dx"] = (dx, tx.grad.numpy())
    for name, parameter in parameters.items():
        pairs[f"d{name}"] = (getattr(layer, f"d{name}"), parameter.grad.numpy())
    return pairs


def sizes(rng, count, low, high):
    return (int(n) for n in rng.integers(low, high + 1, count))


# ---- activations


def relu(rng, dtype):
    return activation(ours.ReLU(), F.relu, rng, dtype)


def leaky_relu(rng, dtype):
    slope = float(rng.uniform(0, 0.9))
    return activation(ours.LeakyReLU(slope), lambda x: F.leaky_relu(x, slope), rng, dtype)


def sigmoid(rng, dtype):
    return activation(ours.Sigmoid(), torch.sigmoid, rng, dtype)


def tanh(rng, dtype):
    return activation(ours.Tanh(), torch.tanh, rng, dtype)


def sign(rng, dtype):
    return activation(ours.Sign(), straight_through, rng, dtype)


def dropout_in_use(rng, dtype):
    ratio = float(rng.uniform(0, 0.9))
    function = torch.nn.Dropout(ratio).eval()
    return activation(ours.Dropout(ratio), function, rng, dtype)


def activation(layer, function, rng, dtype):
    shape = sizes(rng, int(rng.integers(2, 5)), 1, 6)
    return compare(layer, numbers(rng, *shape, dtype=dtype), function, rng)


def straight_through(x):
    """+1 or -1, with the gradient of hard tanh.

    DEFINITION: PyTorch's sign(0) is 0, ours 1; its hardtanh has slope 0 where |x| = 1, ours 1.
    """
    y = torch.where(x.abs() <= 1, x, x.detach())
    return y + (torch.where(x >= 0, 1.0, -1.0).to(x.dtype) - y).detach()


# ---- layers with weights


def affine(rng, dtype):
    n_in, n_out = sizes(rng, 2, 1, 20)
    layer = ours.Affine(numbers(rng, n_in, n_out, dtype=dtype), numbers(rng, n_out, dtype=dtype))
    x = numbers(rng, *sizes(rng, int(rng.integers(1, 4)), 1, 8), n_in, dtype=dtype)
    return compare(layer, x, lambda x, W, b: F.linear(x, W.T, b), rng)


def binary_affine(rng, dtype):
    n_in, n_out = sizes(rng, 2, 1, 20)
    W, b = numbers(rng, n_in, n_out, dtype=dtype), numbers(rng, n_out, dtype=dtype)
    layer = ours.BinaryAffine(W.clip(-1, 1), b)
    x = numbers(rng, *sizes(rng, 1, 1, 8), n_in, dtype=dtype)
    return compare(layer, x, lambda x, W, b: F.linear(x, straight_through(W).T, b), rng)


def embedding(rng, dtype):
    words, dim = sizes(rng, 2, 1, 12)
    layer = ours.Embedding(numbers(rng, words, dim, dtype=dtype))
    x = rng.integers(words, size=tuple(sizes(rng, int(rng.integers(1, 4)), 1, 6)))
    return compare(layer, x, lambda x, W: F.embedding(x, W), rng)


def convolution(rng, dtype):
    N, C, filters, FH, FW = sizes(rng, 5, 1, 5)
    stride, pad = int(rng.integers(1, 4)), int(rng.integers(4))
    H, W = (max(1, size - 2 * pad) + int(rng.integers(9)) for size in (FH, FW))
    W_ = numbers(rng, filters, C, FH, FW, dtype=dtype)
    layer = ours.Convolution(W_, numbers(rng, filters, dtype=dtype), stride, pad)
    x = numbers(rng, N, C, H, W, dtype=dtype)
    return compare(layer, x, lambda x, W, b: F.conv2d(x, W, b, stride, pad), rng)


def transposed_convolution(rng, dtype):
    N, C, filters, FH, FW, H, W = sizes(rng, 7, 1, 5)
    stride = int(rng.integers(1, 4))
    most = (min((H - 1) * stride + FH, (W - 1) * stride + FW) - 1) // 2  # one pixel must be left
    pad = int(rng.integers(min(most, 3) + 1))
    W_ = numbers(rng, C, filters, FH, FW, dtype=dtype)
    layer = ours.TransposedConvolution(W_, numbers(rng, filters, dtype=dtype), stride, pad)
    x = numbers(rng, N, C, H, W, dtype=dtype)
    return compare(layer, x, lambda x, W, b: F.conv_transpose2d(x, W, b, stride, pad), rng)


def batch_norm(rng, dtype):
    """In training, with the running averages that it leaves."""
    layer, x = batch_norm_case(rng, dtype)
    mean, var = tensor(layer.running_mean), tensor(layer.running_var)

    def reference(x, gamma, beta):
        share = 1 - layer.momentum
        return F.batch_norm(x, mean, var, gamma, beta, True, share, layer.eps)

    start = layer.running_var.copy()
    pairs = compare(layer, x, reference, rng, training=True)
    # DEFINITION: PyTorch's running variance takes that of a sample, n / (n - 1) times the batch's
    n = x.size // x.shape[1]
    kept = layer.momentum * start
    var = kept + (var.numpy() - kept) * dtype(n - 1) / dtype(n)
    return {**pairs, "mean": (layer.running_mean, mean.numpy()), "var": (layer.running_var, var)}


def batch_norm_in_use(rng, dtype):
    layer, x = batch_norm_case(rng, dtype)
    mean, var = tensor(layer.running_mean), tensor(layer.running_var)

    def reference(x, gamma, beta):
        return F.batch_norm(x, mean, var, gamma, beta, False, 0.1, layer.eps)

    return compare(layer, x, reference, rng)


def batch_norm_case(rng, dtype):
    (D,) = sizes(rng, 1, 1, 6)
    gamma, beta = numbers(rng, D, dtype=dtype), numbers(rng, D, dtype=dtype)
    layer = ours.BatchNorm(
        gamma, beta, float(rng.uniform(0, 1)), eps=float(rng.choice([1e-5, 1e-3]))
    )
    layer.running_mean = rounded(rng.standard_normal(D), dtype)
    layer.running_var = rounded(rng.uniform(0.1, 2, D), dtype)
    N = int(rng.integers(2, 9))
    x = numbers(rng, *((N, D) if rng.random() < 0.5 else (N, D, *sizes(rng, 2, 1, 5))), dtype=dtype)
    return layer, x


def local_response_norm(rng, dtype):
    size = int(rng.choice([1, 3, 5, 7]))
    alpha, beta, k = (float(rng.uniform(*ends)) for ends in ((0, 2), (0.1, 1), (0.5, 2)))
    layer = ours.LocalResponseNorm(size, alpha, beta, k)
    x = numbers(rng, *sizes(rng, 4, 1, 6), dtype=dtype)
    return compare(layer, x, lambda x: F.local_response_norm(x, size, alpha, beta, k), rng)


# ---- pooling and shapes


def pooling(rng, dtype):
    window, stride, pad, x = pooling_case(rng, dtype)
    layer = ours.Pooling(*window, stride, pad)
    return compare(layer, x, lambda x: F.max_pool2d(x, window, stride, pad), rng)


def average_pooling(rng, dtype):
    window, stride, pad, x = pooling_case(rng, dtype)
    layer = ours.AveragePooling(*window, stride, pad)
    return compare(layer, x, lambda x: F.avg_pool2d(x, window, stride, pad), rng)


def pooling_case(rng, dtype):
    window = tuple(sizes(rng, 2, 1, 4))
    stride = None if rng.random() < 0.4 else int(rng.integers(1, 5))
    # DEFINITION: PyTorch takes a pad of half the window at most, ours of all but one pixel
    pad = int(rng.integers(min(window) // 2 + 1))
    H, W = (max(1, size - 2 * pad) + int(rng.integers(8)) for size in window)
    return window, stride, pad, numbers(rng, *sizes(rng, 2, 1, 4), H, W, dtype=dtype)


def max_unpooling(rng, dtype):
    window, _, pad, x = pooling_case(rng, dtype)
    partner = ours.Pooling(*window, pad=pad)
    pooled = partner.forward(x)
    _, index = F.max_pool2d(tensor(x), window, None, pad, return_indices=True)

    def reference(values):
        return F.max_unpool2d(values, index, window, None, pad, output_size=x.shape[2:])

    values = numbers(rng, *pooled.shape, dtype=dtype)
    return compare(ours.MaxUnpooling(partner), values, reference, rng)


def global_average_pooling(rng, dtype):
    def reference(x):
        return F.adaptive_avg_pool2d(x, 1).flatten(1)

    x = numbers(rng, *sizes(rng, 4, 1, 7), dtype=dtype)
    return compare(ours.GlobalAveragePooling(), x, reference, rng)


def flatten(rng, dtype):
    x = numbers(rng, *sizes(rng, int(rng.integers(2, 5)), 1, 6), dtype=dtype)
    return compare(ours.Flatten(), x, lambda x: x.flatten(1), rng)


def reshape(rng, dtype):
    N, *rest = sizes(rng, 4, 1, 5)
    shape = [[-1, rest[0]], rest[::-1], [rest[2], -1]][rng.integers(3)]
    x = numbers(rng, N, *rest, dtype=dtype)
    return compare(ours.Reshape(*shape), x, lambda x: x.reshape(N, *shape), rng)


def resized(rng, dtype):
    x = numbers(rng, *sizes(rng, 4, 1, 9), dtype=dtype)
    # PyTorch 2.13 repeats the first row where a picture of width 1 comes of a higher one
    size = int(rng.integers(1, 13)), int(rng.integers(2, 13))
    theirs = F.interpolate(tensor(x), size, mode="bilinear", antialias=True)
    return {"y": (resize(x, *size), theirs.numpy())}


# ---- layers of layers


def residual(rng, dtype):
    """Add and Concat around convolutions: x + conv(x), and x beside conv(x)."""
    N, C, H, W = sizes(rng, 4, 1, 5)
    conv = ours.Convolution(
        numbers(rng, C, C, 3, 3, dtype=dtype), numbers(rng, C, dtype=dtype), pad=1
    )
    joined, join = (
        (ours.Add, lambda x, y: x + y),
        (ours.Concat, lambda x, y: torch.cat([x, y], dim=1)),
    )[rng.integers(2)]
    layer = joined(ours.Sequential(), ours.Sequential(ours.Tanh(), conv))
    x = numbers(rng, N, C, H, W, dtype=dtype)
    weights = tensor(conv.W, True), tensor(conv.b, True)

    def reference(x):
        return join(x, F.conv2d(x.tanh(), *weights, padding=1))

    pairs = compare(layer, x, reference, rng)
    for name, weight in zip(("dW", "db"), weights):
        pairs[name] = (getattr(conv, name), weight.grad.numpy())
    return pairs


# ---- recurrent layers, with the states before and after


def rnn(rng, dtype):
    return recurrent(ours.RNN, torch.nn.RNN, 1, rng, dtype)


def lstm(rng, dtype):
    return recurrent(ours.LSTM, torch.nn.LSTM, 4, rng, dtype)


def recurrent(kind, theirs, gates, rng, dtype):
    N, T, D, H = sizes(rng, 4, 1, 6)
    G, pair = gates * H, gates == 4
    layer = kind(
        numbers(rng, D, G, dtype=dtype),
        numbers(rng, H, G, dtype=dtype),
        numbers(rng, G, dtype=dtype),
    )
    x = numbers(rng, N, T, D, dtype=dtype)
    state, dstate = ([numbers(rng, N, H, dtype=dtype) for _ in "hc"[: 1 + pair]] for _ in range(2))
    cell = theirs(D, H, batch_first=True, dtype=tensor(x).dtype)
    # DEFINITION: PyTorch has two biases, which are added, and the weights transposed
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        source = {"weight_ih_l0": layer.Wx.T, "weight_hh_l0": layer.Wh.T, "bias_ih_l0": layer.b}
        getattr(cell, name).data = tensor(source.get(name, np.zeros(G, dtype)))
    tx, first = tensor(x, True), [tensor(s, True) for s in state]
    ty, last = cell(tx, tuple(s[None] for s in first) if pair else first[0][None])
    y = layer.forward(x, state=tuple(state) if pair else state[0])
    dout = numbers(rng, *y.shape, dtype=dtype)
    dx = layer.backward(dout, dstate=tuple(dstate) if pair else dstate[0])
    last = list(last) if pair else [last]
    torch.autograd.backward([ty, *last], [tensor(dout), *(tensor(d)[None] for d in dstate)])
    mine, dmine = (s if pair else (s,) for s in (layer.state, layer.dstate))
    return {
        "y": (y, ty.detach().numpy()),
        "dx": (dx, tx.grad.numpy()),
        "dWx": (layer.dWx, cell.weight_ih_l0.grad.numpy().T),
        "dWh": (layer.dWh, cell.weight_hh_l0.grad.numpy().T),
        "db": (layer.db, cell.bias_ih_l0.grad.numpy()),
        **{f"state {i}": (s, last[i][0].detach().numpy()) for i, s in enumerate(mine)},
        **{f"dstate {i}": (s, first[i].grad.numpy()) for i, s in enumerate(dmine)},
    }


def attention_lstm(rng, dtype):
    """PyTorch has no such cell; here it is written with its operations, and autograd derives it."""
    N, T, D, H, P, E = sizes(rng, 6, 1, 5)
    shapes = (H, E), (D, 4 * H), (E, 4 * H), (H, 4 * H), (4 * H,)
    layer = ours.AttentionLSTM(*(numbers(rng, *shape, dtype=dtype) for shape in shapes))
    x, memory = numbers(rng, N, T, D, dtype=dtype), numbers(rng, N, P, E, dtype=dtype)
    Wq, Wx, Wz, Wh, b = weights = [tensor(getattr(layer, n), True) for n in layer.param_names]
    tx, M = tensor(x, True), tensor(memory, True)
    h = c = torch.zeros(N, H, dtype=tx.dtype)
    outputs = []
    for t in range(T):
        w = torch.einsum("npe,ne->np", M, h @ Wq).softmax(dim=1)
        z = torch.einsum("np,npe->ne", w, M)
        i, f, g, o = (tx[:, t] @ Wx + z @ Wz + h @ Wh + b).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        outputs.append(h)
    ty = torch.stack(outputs, dim=1)
    y = layer.forward(x, memory=memory)
    dout = numbers(rng, *y.shape, dtype=dtype)
    dx = layer.backward(dout)
    ty.backward(tensor(dout))
    return {
        "y": (y, ty.detach().numpy()),
        "dx": (dx, tx.grad.numpy()),
        "dmemory": (layer.dmemory, M.grad.numpy()),
        **{
            f"d{name}": (getattr(layer, f"d{name}"), weight.grad.numpy())
            for name, weight in zip(layer.param_names, weights)
        },
    }


LAYERS = [
    *(affine, binary_affine, embedding, convolution, transposed_convolution, pooling),
    *(average_pooling, global_average_pooling, max_unpooling, resized, batch_norm),
    *(
        batch_norm_in_use,
        local_response_norm,
        dropout_in_use,
        relu,
        leaky_relu,
        sigmoid,
        tanh,
        sign,
    ),
    *(rnn, lstm, attention_lstm, flatten, reshape, residual),
]
