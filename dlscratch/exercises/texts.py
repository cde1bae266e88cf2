"""What all exercises and the command say, in English and in Chinese; {fields} are filled in."""

from typing import Any, NamedTuple


class Text(NamedTuple):
    """One text in both languages.

    >>> Text("{n} done", "完成 {n} 个").say("zh", n=3)
    '完成 3 个'
    """

    en: str
    zh: str

    def say(self, lang: str, **fields: Any) -> str:
        text = getattr(self, lang)
        return text.format(**fields) if fields else text


COMMON: dict[str, Text] = {
    # ---- the file
    "done": Text("Right.", "正确。"),
    "hole": Text(
        "Still to be written: {function}. Replace line {line}, `raise NotImplementedError`, with"
        " your code.",
        "还没有写：{function}。请把第 {line} 行的 `raise NotImplementedError` 换成你的代码。",
    ),
    "missing": Text(
        "There is no file {file}: `dlscratch exercises start` puts it there.",
        "没有文件 {file}：运行 `dlscratch exercises start` 即可得到它。",
    ),
    "empty": Text(
        "The file holds no code. `dlscratch exercises reset {name}` brings the exercise back.",
        "文件里没有代码。运行 `dlscratch exercises reset {name}` 可以恢复这道练习。",
    ),
    "unreadable": Text(
        "The file is no text in UTF-8: save it as UTF-8 in your editor.",
        "文件不是 UTF-8 文本：请在编辑器中存为 UTF-8。",
    ),
    "syntax": Text(
        "Python cannot read line {line}: {error}.",
        "Python 读不懂第 {line} 行：{error}。",
    ),
    "copied": Text(
        "{module} holds the answer. Write it yourself: NumPy is enough.",
        "{module} 里就有答案。请自己写，用 NumPy 就够了。",
    ),
    "import": Text(
        "Leave out {module}: NumPy and Python's own modules are enough.",
        "请去掉 {module}：用 NumPy 和 Python 自带的模块就够了。",
    ),
    "not_theirs": Text(
        "{name} is not written in this file, it comes from {module}. Write it yourself.",
        "{name} 不是在这个文件里写的，而是来自 {module}。请自己写。",
    ),
    "no_name": Text(
        "There is no {name} in the file: keep the names that the exercise gives.",
        "文件里没有 {name}：请保留练习给出的名字。",
    ),
    # ---- while it runs
    "endless": Text(
        "Still running after {seconds} s: an endless loop?",
        "运行了 {seconds} 秒还没有结束：是不是死循环？",
    ),
    "stuck": Text(
        "Still running after {seconds} s, in a single call of NumPy: are the arrays far too large?",
        "运行了 {seconds} 秒还没有结束，停在 NumPy 的一次调用里：数组是不是太大了？",
    ),
    "crashed": Text(
        "Python ended before the check did (exit code {code}).",
        "检查还没做完，Python 就退出了（退出码 {code}）。",
    ),
    "raised": Text("Line {line} fails: {error}.", "第 {line} 行出错：{error}。"),
    "signature": Text(
        "It cannot be called as the exercise says: {error}.",
        "无法按练习要求的方式调用：{error}。",
    ),
    "writes": Text(
        "Line {line} writes into an argument, which the caller still needs. Make a new array.",
        "第 {line} 行改写了参数，而调用者还要用它。请生成新的数组。",
    ),
    "truth": Text(
        "Line {line} asks whether a whole array is true, but an array holds many answers. Compare"
        " element by element: x > 0 is an array too.",
        "第 {line} 行把整个数组当作真假来判断，可数组里有许多元素。请逐元素比较：x > 0 也是数组。",
    ),
    "math": Text(
        "Line {line} takes single numbers only, as `math` does. Use NumPy's function, np.exp for"
        " instance.",
        "第 {line} 行只能处理单个数，`math` 就是这样。请用 NumPy 的函数，例如 np.exp。",
    ),
    "casting": Text(
        "Line {line} puts fractions into an array of integers: make it an array of floats first.",
        "第 {line} 行要把小数放进整数数组：请先转换成浮点数组。",
    ),
    # ---- what a call returned
    "none": Text(
        "{call} returned None: is there a `return`?",
        "{call} 返回了 None：是不是漏了 `return`？",
    ),
    "kind": Text(
        "That should be numbers, but it is of type {kind}.",
        "这里应为数值，类型却是 {kind}。",
    ),
    "shape": Text(
        "The shape is {shape}, expected {expected}.",
        "形状是 {shape}，应为 {expected}。",
    ),
    "value": Text("The numbers are not right yet.", "数值还不对。"),
    "nan": Text(
        "The result holds inf or nan: some step overflows or divides by 0.",
        "结果里有 inf 或 nan：某一步溢出了，或者除以了 0。",
    ),
    "dtype": Text(
        "{call} returned {dtype} where {expected} is expected: numbers keep the dtype that they"
        " come in.",
        "{call} 返回了 {dtype}，应为 {expected}：数值应保持输入时的 dtype。",
    ),
    "no_attribute": Text(
        "self.{name} is not set: keep it as an attribute of the object.",
        "没有设置 self.{name}：请把它存为对象的属性。",
    ),
    "facts": Text(
        "    {call}\n      returned  {got}\n      expected  {right}",
        "    {call}\n      返回  {got}\n      应为  {right}",
    ),
    # ---- what the gradient checker found
    "gradient_writes": Text(
        "A pass writes into its argument. Make a new array.",
        "前向或反向传播改写了参数。请生成新的数组。",
    ),
    "gradient_stale": Text(
        "backward uses what an earlier forward left behind: store it anew in each forward.",
        "backward 用了更早一次 forward 留下的值：每次 forward 都要重新保存。",
    ),
    "gradient_other_transpose": Text(
        "The gradient d{array} would be right with {other}.T instead of {other}.",
        "把 {other} 换成 {other}.T，梯度 d{array} 就对了。",
    ),
    "gradient_no_dx": Text("backward must return dx.", "backward 必须返回 dx。"),
    "gradient_not_set": Text(
        "backward must store d{array} in self.d{array}.",
        "backward 必须把 d{array} 存进 self.d{array}。",
    ),
    "gradient_nan": Text("d{array} holds inf or nan.", "d{array} 里有 inf 或 nan。"),
    "gradient_batch_sum": Text(
        "d{array} has shape {shape}, expected {expected}: every row of the batch uses the same"
        " {array}, so its gradients add up. Sum over axis 0.",
        "d{array} 的形状是 {shape}，应为 {expected}：批中每一行用的都是同一个 {array}，所以它们的"
        "梯度要相加。请沿轴 0 求和。",
    ),
    "gradient_shape": Text(
        "d{array} has shape {shape}, expected {expected}: a gradient has the shape of what it is"
        " the gradient of.",
        "d{array} 的形状是 {shape}，应为 {expected}：梯度与它所对应的量形状相同。",
    ),
    "gradient_zero": Text("d{array} is 0 everywhere.", "d{array} 处处为 0。"),
    "gradient_transpose": Text(
        "d{array} is the transpose of the gradient.",
        "d{array} 是梯度的转置。",
    ),
    "gradient_sign": Text("d{array} has the wrong sign.", "d{array} 的符号反了。"),
    "gradient_batch_factor": Text(
        "d{array} is {factor} times the gradient, where N = {n} is the number of rows: divide by N"
        " exactly once.",
        "d{array} 是梯度的 {factor} 倍，其中 N = {n} 是行数：恰好除以一次 N。",
    ),
    "gradient_factor": Text(
        "d{array} is {factor} times the gradient.",
        "d{array} 是梯度的 {factor} 倍。",
    ),
    "gradient": Text(
        "The slope was measured with small steps, and d{array} does not agree with it. Derive it"
        " again.",
        "用小步长测得的斜率与 d{array} 不符。请重新推导。",
    ),
}

COMMAND: dict[str, Text] = {
    "chapter": Text("Chapter {chapter}", "第 {chapter} 章"),
    "done": Text("done", "完成"),
    "open": Text("open", "未写"),
    "wrong": Text("wrong", "有误"),
    "missing": Text("missing", "缺失"),
    "count": Text("{done} of {all} done", "共 {all} 道，完成 {done} 道"),
    "started": Text(
        "There are {all} exercises in {folder} now.\nOpen {first} in your editor and start:",
        "{folder} 中现有 {all} 道练习。\n用编辑器打开 {first}，然后运行：",
    ),
    "added": Text(
        "New in {folder}: {added} of {all} exercises. The files that were there stay as they are.",
        "{folder} 中新增 {added} 道练习，共 {all} 道。原有的文件保持不变。",
    ),
    "nothing_new": Text(
        "Nothing is new in {folder}: {all} exercises were there, and they stay as they are.",
        "{folder} 中没有新增练习：原有 {all} 道，保持不变。",
    ),
    "more": Text(
        "Not here yet: {more} of {all} exercises. `dlscratch exercises start {folder}` adds what is"
        " missing.",
        "全部 {all} 道练习中还有 {more} 道不在这里：运行 `dlscratch exercises start {folder}`"
        " 即可加入。",
    ),
    "go_on": Text("Go on:", "继续："),
    "no_folder": Text(
        "there are no exercises in {folder}: change to the folder that has them, or make one by "
        "`dlscratch exercises start my_exercises`",
        "{folder} 中没有练习：请进入练习文件夹，或用 `dlscratch exercises start my_exercises` 新建",
    ),
    "all_done": Text("All exercises here are done.", "这里的练习全部完成。"),
    "printed": Text("Your file printed:", "你的文件打印了："),
    "next": Text("next: {command}", "下一步：{command}"),
    "hint": Text("Hint {step} of 3: {text}", "提示 {step}/3：{text}"),
    "try_first": Text(
        "Try {name} first, then ask for the solution: no function of it is written yet."
        " `dlscratch exercises hint {name}` helps.",
        "请先试着写 {name}，再看答案：它的函数一个都还没有写。"
        "`dlscratch exercises hint {name}` 会给出提示。",
    ),
    "your_try": Text("Your file: {text}", "你的文件：{text}"),
    "reset": Text(
        "{file} is as it was given. What you wrote is in {backup}.",
        "{file} 已恢复原样。你写的内容保存在 {backup} 中。",
    ),
    "report": Text("{done} of {all} done: {file}", "共 {all} 道，完成 {done} 道：{file}"),
    "watching": Text(
        "Edit {file} and save it. h = hint, n = next, q = quit",
        "编辑 {file} 并保存。h = 提示，n = 下一道，q = 退出",
    ),
    "checking": Text("Checking the files ..", "正在检查文件 .."),
    "goes_on": Text("{name} is right. On to the next one.", "{name} 正确。进入下一道。"),
}
