"""A network trained with hebbian, as a differentiable PyTorch module.

    from hebbian_torch import Life
    life = Life("images.safetensors")          # a torch.nn.Module; its parameters are the file's tensors
    state = life.begin(batch=2)                # neurons' states and traces
    answer, state = life(state, picture)       # one step: it learns by being shown
    answer.sum().backward()                    # through all steps since begin

Nothing but torch is needed: the file is read here (safetensors is a JSON header and numbers), and the network is put together
from the description in it, a list of operations on named vectors (docs/lifetime.md). A step computes what hebbian computes, up to
rounding: answers and gradients of all kinds of network are compared with hebbian's in its tests. Works with torch 1.13 and later.
"""

import json
import re
import struct

import torch

VERSION = 1
DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "I8": torch.int8}


def read_safetensors(path):
    """The tensors of a file by name, as float32, and its metadata. int8 matrices have a scale for each column, NAME/scale."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, about in header.items():
        begin, end = about["data_offsets"]
        numbers = bytearray(data[8 + length + begin : 8 + length + end])
        dtype = DTYPES[about["dtype"]]
        flat = torch.frombuffer(numbers, dtype=dtype) if numbers else torch.empty(0, dtype=dtype)
        tensors[name] = flat.reshape(about["shape"]).float()
    for scale in [name for name in tensors if name.endswith("/scale")]:
        name = scale[: -len("/scale")]
        tensors[name] = tensors[name] * tensors.pop(scale).reshape(1, -1)
    return tensors, metadata


FUNCTIONS = {
    "min": torch.minimum,
    "max": torch.maximum,
    "abs": torch.abs,
    "sign": torch.sign,
    "sqrt": torch.sqrt,
    "exp": torch.exp,
    "log": torch.log,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "clip": torch.clamp,
    "where": lambda condition, a, b: torch.where(condition != 0, a, b),
    "less": lambda a, b: (a < b).to(a.dtype),
    "within": lambda x, low, high: ((x >= low) & (x <= high)).to(x.dtype),
}
TOKEN = re.compile(r"\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([^\W\d]\w*)|(.))")


class Formula:
    """A formula of a rule or a map: numbers, names, + - * /, brackets and the functions above. Parsed once, then called with values."""

    def __init__(self, text):
        self.text = text
        self.tokens = [match.groups() for match in TOKEN.finditer(text.rstrip())]
        self.at = 0
        self.evaluate = self.sum()
        if self.at < len(self.tokens):
            raise ValueError(f"expected the end of the formula {text!r}, got {self.tokens[self.at]}")

    def __call__(self, values):
        return self.evaluate(values)

    def next(self, *signs):
        """Takes the next token if it is one of these signs."""
        sign = self.tokens[self.at][2] if self.at < len(self.tokens) else None
        if sign not in signs:
            return None
        self.at += 1
        return sign

    def expect(self, sign):
        if self.next(sign) is None:
            raise ValueError(f"expected {sign} in the formula {self.text!r}")

    def sum(self):
        left = self.product()
        while sign := self.next("+", "-"):
            left = binary(sign, left, self.product())
        return left

    def product(self):
        left = self.unary()
        while sign := self.next("*", "/"):
            left = binary(sign, left, self.unary())
        return left

    def unary(self):
        if self.next("-"):
            inner = self.unary()
            return lambda values: -inner(values)
        return self.unary() if self.next("+") else self.atom()

    def atom(self):
        if self.next("("):
            inner = self.sum()
            self.expect(")")
            return inner
        if self.at >= len(self.tokens):
            raise ValueError(f"the formula {self.text!r} ends too early")
        number, name, sign = self.tokens[self.at]
        self.at += 1
        if name == "next":
            # The next value of a trace goes by that name.
            self.expect("(")
            trace = f"next({self.tokens[self.at][1]})"
            self.at += 1
            self.expect(")")
            return lambda values: values[trace]
        if number is not None:
            return lambda values, value=float(number): value
        if name is None:
            raise ValueError(f"unexpected {sign!r} in the formula {self.text!r}")
        if not self.next("("):
            return lambda values: values[name]
        function, arguments = FUNCTIONS[name], [self.sum()]
        while self.next(","):
            arguments.append(self.sum())
        self.expect(")")
        return lambda values: function(*as_tensors([argument(values) for argument in arguments]))


def as_tensors(numbers):
    """Numbers and tensors, as tensors of one shape."""
    like = next((each for each in numbers if isinstance(each, torch.Tensor)), torch.zeros(()))
    return torch.broadcast_tensors(*(torch.as_tensor(each, dtype=like.dtype, device=like.device) for each in numbers))


def binary(sign, left, right):
    return {
        "+": lambda values: left(values) + right(values),
        "-": lambda values: left(values) - right(values),
        "*": lambda values: left(values) * right(values),
        "/": lambda values: left(values) / right(values),
    }[sign]


class Connection:
    """
    All-to-all connections whose traces change by a rule. Traces are [batch, pre, post]; those of neurons are values of the
    network, which operations hand in.
    """

    def __init__(self, about):
        rule = about["rule"]
        self.pre, self.post, self.parameters = about["pre"], about["post"], about["parameters"]
        starts = {name: each if isinstance(each, dict) else {"per": "connection", "init": each} for name, each in rule["traces"].items()}
        self.traces = {name: each["init"] for name, each in starts.items() if each["per"] == "connection"}
        self.weight = Formula(rule["weight"])
        self.update = {name: Formula(rule["update"][name]) for name in self.traces}
        self.reads = {name: (each["per"], Formula(each["sum"])) for name, each in rule.get("reads", {}).items()}
        declared = {**rule.get("params", {}), **rule.get("reads", {}), **starts}
        rates = {**{name: each["per"] for name, each in declared.items()}, **rule.get("signals", {}), **rule.get("rates", {})}
        # What differs by presynaptic neuron goes down the rows of a matrix.
        self.down_rows = {"pre"} | {name for name, per in rates.items() if per == "pre"}

    def begin(self, batch, like):
        return {name: like.new_full((batch, self.pre, self.post), start) for name, start in self.traces.items()}

    def values(self, tensors, traces):
        """What all formulas see: parameters ([1, 1], [pre, 1], [1, post] or [pre, post]) and traces."""
        found = {name: tensors(tensor) for name, tensor in self.parameters.items()}
        return {**{name: each.T if name in self.down_rows else each for name, each in found.items()}, **traces}

    def along(self, vectors):
        """Vectors [batch, n] as [batch, pre, 1], or as [batch, 1, post or 1]."""
        rows = {name: name.removeprefix("next(").removesuffix(")") in self.down_rows for name in vectors}
        return {name: value.unsqueeze(2 if rows[name] else 1) for name, value in vectors.items()}

    def read_named(self, tensors, traces, read, vectors):
        """A sum that the rule names: [batch, pre] or [batch, post]."""
        per, formula = self.reads[read]
        batch = max(each.shape[0] for each in [*vectors.values(), *traces.values()])
        each = formula({**self.values(tensors, traces), **self.along(vectors)})
        return each.expand(batch, self.pre, self.post).sum(2 if per == "pre" else 1)

    def read(self, tensors, traces, x, vectors):
        """x @ W: [batch, pre] -> [batch, post]."""
        weight = self.weight({**self.values(tensors, traces), **self.along(vectors)})
        return x @ weight if weight.dim() < 3 else torch.bmm(x.unsqueeze(1), weight).squeeze(1)

    def learn(self, tensors, traces, vectors):
        """The traces after an update: vectors [batch, n] by the rule's names."""
        values = Values(self, {**self.values(tensors, traces), **self.along(vectors)})
        return {name: values[f"next({name})"].expand_as(traces[name]) for name in self.update}


class Values(dict):
    """What an update sees; the next values of traces are computed when they are asked for."""

    def __init__(self, connection, values):
        super().__init__(values)
        self.connection = connection

    def __missing__(self, name):
        self[name] = self.connection.update[name.removeprefix("next(").removesuffix(")")](self)
        return self[name]


class Life(torch.nn.Module):
    """A model file as a module. A step takes the state of the lives and what they are given, and returns their answer and new state."""

    def __init__(self, path):
        super().__init__()
        tensors, self.metadata = read_safetensors(path)
        if "architecture" not in self.metadata:
            raise ValueError(f"{path} does not say how its network is built; hebbian export writes one that does")
        self.about = json.loads(self.metadata["architecture"])
        if self.about["version"] != VERSION:
            raise ValueError(f"{path} has an architecture of version {self.about['version']}, this program reads {VERSION}")
        # PyTorch's names of parameters have no points.
        self.place = {name: name.replace(".", "_") for name in tensors}
        for name, tensor in tensors.items():
            self.register_parameter(self.place[name], torch.nn.Parameter(tensor))
        self.connections = {about["name"]: Connection(about) for about in self.about["connections"]}
        self.formulas = {
            result["formula"]: Formula(result["formula"])
            for program in self.about["programs"]
            for operation in program["operations"]
            if operation["op"] == "map"
            for result in operation["results"]
        }

    def tensor(self, name):
        """A tensor of the file, by its name there: [rows, cols]."""
        return getattr(self, self.place[name])

    def begin(self, batch=1):
        """Lives at birth: {"values": states, "traces": traces of each connection}."""
        like = next(self.parameters())
        values = {state["name"]: like.new_full((batch, state["size"]), state["start"]) for state in self.about["states"]}
        traces = {name: connection.begin(batch, like) for name, connection in self.connections.items()}
        return {"values": values, "traces": traces}

    def forward(self, state, *inputs, **named):
        """One step. inputs: [batch, size] each, in the order of the file's inputs, or by their names."""
        given = {**{about["name"]: value for about, value in zip(self.about["inputs"], inputs)}, **named}
        program = next((each for each in self.about["programs"] if set(each["given"]) == set(given)), None)
        if program is None:
            choices = " or ".join(str(each["given"]) for each in self.about["programs"])
            raise ValueError(f"expected the inputs {choices}, got {sorted(given)}")
        values, traces = dict(state["values"]), dict(state["traces"])
        for about in self.about["inputs"]:
            if about["name"] in given:
                value = given[about["name"]]
                tail = value.new_tensor(about["tail"]).expand(value.shape[0], -1)
                values[about["name"]] = torch.cat([value, tail], 1)
        for operation in program["operations"]:
            self.operate(operation, values, traces)
        answer = values[program["output"]][:, : self.about["answers"]]
        return answer, {"values": {name: values[value] for name, value in program["next"].items()}, "traces": traces}

    def operate(self, operation, values, traces):
        """One operation of a step: puts what it makes among the values, or new traces in the place of the old."""
        kind = operation["op"]
        if kind == "read":
            name = operation["connection"]
            vectors = {key: values[value] for key, value in operation.get("vectors", {}).items()}
            values[operation["to"]] = self.connections[name].read(self.tensor, traces[name], values[operation["from"]], vectors)
        elif kind == "readNamed":
            name = operation["connection"]
            vectors = {key: values[value] for key, value in operation["vectors"].items()}
            values[operation["to"]] = self.connections[name].read_named(self.tensor, traces[name], operation["read"], vectors)
        elif kind == "update":
            name = operation["connection"]
            vectors = {key: values[value] for key, value in operation["vectors"].items()}
            traces[name] = self.connections[name].learn(self.tensor, traces[name], vectors)
        elif kind == "product":
            values[operation["to"]] = values[operation["from"]] @ self.tensor(operation["weight"])
        elif kind == "convolve":
            values[operation["to"]] = self.convolve(operation, values[operation["from"]])
        elif kind == "map":
            names = {key: values[value] for key, value in operation["values"].items()}
            names.update({key: self.tensor(value) for key, value in operation["parameters"].items()})
            batch = max((value.shape[0] for value in names.values()), default=1)
            like = next(self.parameters())
            results = {}
            for result in operation["results"]:
                made = self.formulas[result["formula"]](names)
                made = torch.as_tensor(made, dtype=like.dtype, device=like.device).expand(batch, operation["size"])
                results[result["to"]] = made.sum(1, keepdim=True) if result["sum"] else made
            values.update(results)
        else:
            raise ValueError(f"unknown operation {kind!r}")

    def convolve(self, operation, x):
        """x [batch, height * width * channels], channels innermost, to [batch, down * across * filters]."""
        shape = operation["shape"]
        channels, filters = shape["channels"], shape["filters"]
        picture = x.reshape(-1, shape["height"], shape["width"], channels).permute(0, 3, 1, 2)
        kernel = self.tensor(operation["weight"]).reshape(shape["kernelHeight"], shape["kernelWidth"], channels, filters)
        bias = self.tensor(operation["bias"]).reshape(filters)
        made = torch.nn.functional.conv2d(picture, kernel.permute(3, 2, 0, 1), bias, stride=shape["stride"])
        return made.permute(0, 2, 3, 1).reshape(x.shape[0], -1)
