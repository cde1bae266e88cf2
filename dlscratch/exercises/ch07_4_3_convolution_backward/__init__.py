"""The check of col2im and the convolution layer's backward pass, their texts, wrong attempts."""

import numpy as np

from dlscratch.exercises.checking import (
    draw,
    expect,
    expect_attribute,
    expect_float32,
    expect_gradients,
    given,
)
from dlscratch.exercises.texts import Text

LESSON_ZH = """
卷积的反向：先像 Affine 那样，再让各窗口回到原位（7.4.3 节）。

正向是一次矩阵乘法，所以两个因子的梯度就是 Affine 的梯度；写成 col 的形式：

    dout   (N * OH * OW, FN)      对 y 的梯度，把轴从 (N, FN, OH, OW) 移回来
    dW     col^T . dout           (C * FH * FW, FN)，再转置并 reshape 成 W 的形状
    db     dout 各行之和
    dcol   dout . col_W^T         (N * OH * OW, C * FH * FW)，再由 col2im 还原成图像

一个像素被复制到了它所在的每个窗口里，所以它的梯度是这些窗口的梯度之和：
col2im 在全零的图像上，把 col 的每一行“加”到它的窗口里，最后裁掉填充。

请编写（其余已经写好；forward 保存了 self.x_shape、self.col 和 self.col_W，(C * FH * FW, FN)）：

    col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0)
                             col (N * OH * OW, C * FH * FW)；返回形状为 input_shape 的图像
    Convolution   backward(dout)   返回 dx，保存 self.dW 和 self.db；float32 仍为 float32

>>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)  # the pixel in the middle is in 4 windows
array([[[[1., 2., 1.],
         [2., 4., 2.],
         [1., 2., 1.]]]])
"""

HINTS = [
    Text(
        "col2im is im2col from its last line to its first: reshape and transpose back, then the"
        " same loop, with the slices of the image on the left of +=.",
        "col2im 就是把 im2col 从最后一行倒着走到第一行：先把 reshape 和 transpose 还原，"
        "再用同样的循环，只是图像的切片放在 += 的左边。",
    ),
    Text(
        "col.reshape(N, OH, OW, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2). The image of"
        " zeros has H + 2 * pad rows; at the end take rows pad to pad + H.",
        "col.reshape(N, OH, OW, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)。"
        "全零的图像有 H + 2 * pad 行；最后取第 pad 到 pad + H 行。",
    ),
    Text(
        "dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN); self.dW = (self.col.T @"
        " dout).T.reshape(self.W.shape); self.db = np.sum(dout, axis=0); col2im(dout @"
        " self.col_W.T, ...)",
        "dout = dout.transpose(0, 2, 3, 1).reshape(-1, FN); self.dW = (self.col.T @"
        " dout).T.reshape(self.W.shape); self.db = np.sum(dout, axis=0); col2im(dout @"
        " self.col_W.T, ...)",
    ),
]

SAYS = {
    "overwritten": Text(
        "A pixel keeps the number of one window only. It is in several windows: += instead of =.",
        "像素只留下了一个窗口的值。它在好几个窗口里：应用 +=，而不是 =。",
    ),
    "no_transpose": Text(
        "The numbers are mixed up: reshape col to (N, OH, OW, C, filter_h, filter_w) first, as they"
        " lie, then transpose.",
        "数混在一起了：请先按数的排列把 col reshape 成 (N, OH, OW, C, filter_h, filter_w)，"
        "再 transpose。",
    ),
    "padding_kept": Text(
        "The padding is still there: cut off pad rows and columns on each side.",
        "填充还在：请在每边裁掉 pad 行、pad 列。",
    ),
    "corner": Text(
        "The padding is cut off at the end only. The image begins at row pad and column pad.",
        "只在末尾裁掉了填充。图像应从第 pad 行、第 pad 列开始。",
    ),
    "minus_zero": Text(
        "Without padding nothing is left: pad:-pad is 0:0 then. Write pad : pad + H.",
        "没有填充时什么都不剩：此时 pad:-pad 就是 0:0。请写成 pad : pad + H。",
    ),
    "slices": Text(
        "Line {line}: the shapes do not fit. The slices are those of im2col, in the padded image.",
        "第 {line} 行：形状对不上。切片与 im2col 中的相同，取自填充后的图像。",
    ),
    "reshape": Text(
        "Line {line}: the numbers do not fill that shape.",
        "第 {line} 行：数的个数与这个形状不符。",
    ),
    "dout_mixed": Text(
        "dout is mixed up: its maps come second, (N, FN, OH, OW). Move them to the end by"
        " transpose(0, 2, 3, 1) before reshape(-1, FN).",
        "dout 混在一起了：它的特征图在第二个轴，(N, FN, OH, OW)。请先用 transpose(0, 2, 3, 1)"
        " 移到最后，再 reshape(-1, FN)。",
    ),
    "dW_mixed": Text(
        "dW is mixed up: col^T . dout has a column for each filter. Transpose, then reshape.",
        "dW 混在一起了：col^T . dout 的每一列对应一个滤波器。请先转置，再 reshape。",
    ),
    "dW_flat": Text(
        "dW has the form of col_W. Bring it to the shape of W, (FN, C, FH, FW).",
        "dW 还是 col_W 的形式。请变成 W 的形状，(FN, C, FH, FW)。",
    ),
    "dcol": Text(
        "That is dcol: col2im makes images of it.",
        "这是 dcol：要用 col2im 还原成图像。",
    ),
    "no_product": Text(
        "Line {line}: the shapes do not fit. dcol is dout . col_W^T, with dout as (N * OH * OW,"
        " FN).",
        "第 {line} 行：形状对不上。dcol 是 dout . col_W^T，其中 dout 为 (N * OH * OW, FN)。",
    ),
}

ERRORS = {
    "matmul|not aligned": "no_product",
    "broadcast": "slices",
    "cannot reshape|axes don't match": "reshape",
}


def add_back(col, shape, FH, FW, stride, pad, add=True, order=1):
    """The padded images; with add=False the last window wins, or the first with order=-1."""
    N, C, H, W = shape
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    tops, lefts = range(0, H + 2 * pad - FH + 1, stride), range(0, W + 2 * pad - FW + 1, stride)
    places = [(n, top, left) for n in range(N) for top in tops for left in lefts]
    rows = zip(col.reshape(-1, C, FH, FW)[::order], places[::order], strict=True)
    for row, (n, top, left) in rows:
        window = img[n, :, top : top + FH, left : left + FW]
        window[...] = row + window * add
    return img


def check_col2im(their, shape, FH, FW, stride=1, pad=0):
    N, C, H, W = shape
    OH, OW = (H + 2 * pad - FH) // stride + 1, (W + 2 * pad - FW) // stride + 1
    col = draw(N * OH * OW, C * FH * FW)
    option = f", stride={stride}" * (stride > 1) + f", pad={pad}" * (pad > 0)
    call = f"col2im(col, {shape}, {FH}, {FW}{option})"
    if shape == (1, 1, 3, 3):
        col, call = (
            given(np.arange(16.0).reshape(4, 4)),
            call.replace("col,", "np.arange(16.0).reshape(4, 4),"),
        )
    options = shape, FH, FW, stride, pad
    inside = np.s_[:, :, pad : pad + H, pad : pad + W]
    padded = add_back(col, *options)
    right = padded[inside]
    mixed = col.reshape(N, C, FH, FW, OH, OW).transpose(0, 4, 5, 1, 2, 3)
    lost = [add_back(col, *options, add=False, order=order)[inside] for order in (1, -1)]
    got = their.col2im(col, *options)
    expect(
        got,
        right,
        call,
        overwritten=next((wrong for wrong in lost if np.array_equal(got, wrong)), None),
        no_transpose=add_back(mixed.reshape(col.shape), *options)[inside],
        padding_kept=padded,
        corner=padded[:, :, :H, :W],
        minus_zero=got if np.size(got) == 0 else None,
    )


def check_backward(their, x, W, b, call, **options):
    FN, C, FH, FW = W.shape
    layer = their.Convolution(W, b, **options)
    dout = draw(*layer.forward(x).shape, seed=9)
    col, col_W = layer.col, layer.col_W
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
    cut = dout.reshape(-1, FN)
    size = FH, FW, options.get("stride", 1), options.get("pad", 0)
    H, W_ = x.shape[2:]
    inside = np.s_[:, :, size[3] : size[3] + H, size[3] : size[3] + W_]
    dx = add_back(rows @ col_W.T, x.shape, *size)[inside]
    cut_dx = add_back(cut @ col_W.T, x.shape, *size)[inside]
    expect(layer.backward(dout), dx, call, dcol=rows @ col_W.T, dout_mixed=cut_dx)
    dW = col.T @ rows
    expect_attribute(
        layer,
        "dW",
        dW.T.reshape(W.shape),
        dW_mixed=dW.reshape(W.shape),
        dW_flat=dW,
        dout_mixed=(col.T @ cut).T.reshape(W.shape),
    )
    expect_attribute(layer, "db", rows.sum(axis=0), dout_mixed=cut.sum(axis=0))


def check(their):
    check_col2im(their, (1, 1, 3, 3), 2, 2)
    check_col2im(their, (2, 3, 5, 4), 3, 2)
    check_col2im(their, (2, 3, 4, 5), 3, 3, pad=1)
    check_col2im(their, (2, 2, 6, 5), 3, 2, stride=2, pad=1)
    x, W, b = draw(2, 3, 5, 4), draw(4, 3, 3, 2, seed=1), draw(4, seed=2)
    call = "backward(dout)  # x (2, 3, 5, 4), W (4, 3, 3, 2)"
    check_backward(their, x, W, b, call)
    check_backward(their, x, W, b, f"{call}, stride=2, pad=1", stride=2, pad=1)
    expect_gradients(their.Convolution(W, b, stride=2, pad=1), x)
    single = their.Convolution(given(W, np.float32), given(b, np.float32))
    y = single.forward(given(x, np.float32))
    expect_float32(single.backward, np.ones(y.shape), call="backward(dout)")


COL = "col.reshape(N, OH, OW, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)"
CUT = "[:, :, pad : pad + H, pad : pad + W]"
ROWS = "dout.transpose(0, 2, 3, 1).reshape(-1, FN)"
DW = "(self.col.T @ dout).T.reshape(FN, C, FH, FW)"
ATTEMPTS = [
    ("overwritten", {"] += col": "] = col"}),
    ("no_transpose", {COL: "col.reshape(N, C, filter_h, filter_w, OH, OW)"}),
    ("padding_kept", {CUT: ""}),
    ("corner", {CUT: "[:, :, :H, :W]"}),
    ("minus_zero", {CUT: "[:, :, pad:-pad, pad:-pad]"}),
    ("slices", {"H + 2 * pad, W + 2 * pad": "H, W"}),
    ("reshape", {COL: "col.reshape(N, C, OH, OW).transpose(0, 3, 4, 5, 1, 2)"}),
    ("dout_mixed", {ROWS: "dout.reshape(-1, FN)"}),
    ("dW_mixed", {DW: "(self.col.T @ dout).reshape(FN, C, FH, FW)"}),
    ("dW_flat", {DW: "self.col.T @ dout"}),
    ("dcol", {"return col2im(dcol, ": "return dcol\n        return col2im(dcol, "}),
    ("no_product", {"dcol = dout @ self.col_W.T": "dcol = dout @ self.col_W"}),
    ("no_attribute", {"self.db = ": "db = "}),
    ("dtype", {", col.dtype)": ")"}),
]

OTHER_WAYS = [
    {DW: "(dout.T @ self.col).reshape(self.W.shape)", "np.sum(dout, axis=0)": "dout.sum(axis=0)"},
    {  # window by window
        f"    col = {COL}\n": (
            "    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad), col.dtype)\n"
            "    for row, (n, i, j) in zip(col, np.ndindex(N, OH, OW)):\n"
            "        window = img[n, :, i * stride :, j * stride :][:, :filter_h, :filter_w]\n"
            "        window += row.reshape(C, filter_h, filter_w)\n"
            f"    return img{CUT}\n"
        ),
    },
]
