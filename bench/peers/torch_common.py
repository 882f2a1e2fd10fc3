"""What both PyTorch peers share: reading a problem, and the line protocol of bench/peer.ts."""

import argparse
import array
import json
import os
import sys
import time

import torch



def text_shapes(sizes):
    """Of a language model's parameters, by name. See bench/textProblem.ts."""
    words, embedding, n = sizes["words"], sizes["embedding"], sizes["neurons"]
    shapes = {"embedding": (words, embedding), "readout.weight": (n, words), "readout.bias": (1, words)}
    for k in range(sizes["layers"]):
        inputs = n if k > 0 else embedding
        for gate in ("forget", "write", "output", "candidate"):
            shapes.update({f"lstm{k}.{gate}.input": (inputs, n), f"lstm{k}.{gate}.bias": (1, n)})
            shapes[f"lstm{k}.{gate}." + ("w" if gate == "candidate" else "recurrent")] = (n, n)
        if sizes["kind"] == "text-modulated":
            shapes.update({f"lstm{k}.candidate.{name}": (n, n) for name in ("alpha", "fanOut")})
            shapes.update({f"lstm{k}.modulator.weight": (n, 1), f"lstm{k}.modulator.bias": (1, 1)})
    return shapes


def text_parameters(kind):
    return list(text_shapes({"kind": kind, "words": 1, "embedding": 1, "neurons": 1, "layers": 2}))


PARAMS = {
    "rnn": ["w", "alpha", "eta"],
    "maze": ["w", "alpha", "eta", "i2h", "i2hBias", "h2o", "h2oBias", "h2v", "h2vBias"],
    "lstm": ["xf", "xi", "xo", "xg", "yf", "yi", "yo", "w", "bf", "bi", "bo", "bg", "alpha", "eta"],
    "one-shot": [f"conv{i}{part}" for i in range(1, 5) for part in ("", "Bias")] + ["w", "alpha", "eta"],
    "fast-hebb": ["k", "v", "q", "eta"],
    "fast-gated-delta": ["k", "v", "q", "g", "beta"],
    "fast-kda": ["k", "v", "q", "a", "beta"],
    "text-lstm": text_parameters("text-lstm"),
    "text-modulated": text_parameters("text-modulated"),
    "agent-plastic": ["i2h", "i2hBias", "w", "heads", "headsBias", "alpha", "eta"],
    "agent-homogeneous": ["i2h", "i2hBias", "w", "heads", "headsBias", "alpha", "eta"],
    "agent-modulated": ["i2h", "i2hBias", "w", "heads", "headsBias", "alpha", "modulator", "modulatorBias"],
    "agent-rnn": ["i2h", "i2hBias", "w", "heads", "headsBias"],
}


class Trained:
    """A peer with params, an optimizer and forward(), which gives the loss."""

    def gradients(self):
        self.optimizer.zero_grad()
        loss = self.forward()
        loss.backward()
        return loss.item(), {name: param.grad for name, param in self.params.items()}

    def train(self):
        loss, _ = self.gradients()
        self.optimizer.step()
        return loss


def number(text):
    return int(text) if text.isdigit() else float(text)


def shapes_of(sizes):
    """The shapes of a problem's arrays by name. See bench/problem.ts."""
    kind, n, steps = sizes["kind"], sizes["neurons"], sizes["steps"]
    square, row = {"w": (n, n), "alpha": (n, n), "eta": (1,)}, (n,)
    if kind.startswith("text-"):
        tokens = sizes["batch"] * sizes["segments"] * steps + 1
        return {**text_shapes(sizes), "tokens": (tokens,)}
    if kind == "rnn":
        return {**square, "input": (steps, n), "target": (sizes["outputs"],)}
    if kind == "one-shot":
        batch, classes = sizes["batch"], sizes["classes"]
        readout = {"w": (n, classes), "alpha": (n, classes), "eta": (1,)}
        layers = {f"conv{i}": (9 * (1 if i == 1 else n), n) for i in range(1, 5)}
        biases = {f"conv{i}Bias": row for i in range(1, 5)}
        inputs = {"pictures": (steps, batch, 31, 31), "labels": (steps, batch, classes)}
        return {**readout, **layers, **biases, **inputs}
    if kind.startswith("fast-"):
        wide, single = (steps, sizes["batch"], n), (steps, sizes["batch"], 1)
        gates = {"a": wide, "g": single, "beta": single, "eta": (1,)}
        return {**{name: wide for name in ("k", "v", "q", "co")}, **gates}
    batch, features = sizes["batch"], sizes["features"]
    if kind == "lstm":
        inputs = {"x": (steps, batch, features), "cy": (steps, batch, n)}
        gates = {f"{what}{gate}": shape for what, shape in (("x", (features, n)), ("b", row)) for gate in "fiog"}
        return {**square, **inputs, **gates, **{f"y{gate}": (n, n) for gate in "fio"}}
    actions = sizes["actions"]
    square = {**square, "i2h": (features, n), "i2hBias": row}
    if kind == "agent-homogeneous":
        square["alpha"] = (1,)
    if kind == "maze":
        inputs = {"x": (steps, batch, features), "ca": (steps, batch, actions), "cv": (steps, batch)}
        heads = {"h2o": (n, actions), "h2oBias": (actions,), "h2v": (n, 1), "h2vBias": (1,)}
        return {**square, **inputs, **heads}
    heads = {"heads": (n, actions + 1), "headsBias": (actions + 1,)}
    return {**square, **heads, "modulator": (n, 1), "modulatorBias": (1,)}


def load_problem(directory):
    """Returns (sizes, arrays): numbers by name with "kind", and float32 tensors by name. See bench/problem.ts."""
    sizes = {}
    with open(os.path.join(directory, "problem.txt")) as file:
        for line in file:
            name, value = line.split()
            sizes[name] = value if name == "kind" else number(value)
    arrays = {}
    for name, shape in shapes_of(sizes).items():
        path = os.path.join(directory, name + ".f32")
        if not os.path.exists(path):
            continue
        # bytearray: torch wants memory that it may write to.
        with open(path, "rb") as file:
            arrays[name] = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(shape)
    return sizes, arrays


def peak_mb():
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024


def blas_gflops():
    """
    Speed of a matrix product on one thread. The plain reference BLAS manages about 3, an optimised one 50 to 150.
    Counted in processor time, which does not run while other processes hold the core.
    """
    a = torch.randn(384, 384)
    times = []
    for _ in range(5):
        start = time.process_time()
        torch.mm(a, a)
        times.append(time.process_time() - start)
    return 2 * 384**3 / min(times) / 1e9


def serve(name, make):
    """
    Runs one peer. `make(sizes, arrays)` returns an object with `gradients()` -> (loss, {param: gradient}) and
    `train()` -> loss, which also makes one step of Adam.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--problem", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check")
    options = parser.parse_args()

    # Traces decay into subnormals, which are up to 38 times slower. First of all: threads inherit it when they start.
    torch.set_flush_denormal(True)
    torch.set_num_threads(1)
    sizes, arrays = load_problem(options.problem)
    if options.check:
        return check(make(sizes, arrays), PARAMS[sizes["kind"]], options.check)

    speed = blas_gflops()
    if speed < 15:
        print(f"absent PyTorch {torch.__version__} is linked to an unoptimised BLAS ({speed:.1f} GFLOP/s):", end=" ")
        print("install libopenblas0-openmp, or set HEBBIAN_PYTHON to another python", flush=True)
        return
    torch.set_num_threads(options.threads)
    peer = make(sizes, arrays)
    until = time.perf_counter() + 0.5
    peer.train()
    while time.perf_counter() < until:
        peer.train()
    about = f"PyTorch {torch.__version__}, optimised BLAS"
    print("ready", json.dumps({"name": name, "about": about, "threads": options.threads}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            print(json.dumps({"peakMB": peak_mb()}), flush=True)
            return
        count = int(words[1])
        start = time.perf_counter()
        for _ in range(count):
            peer.train()
        print(json.dumps({"ms": (time.perf_counter() - start) * 1e3 / count}), flush=True)


def check(peer, params, directory):
    """
    Writes every gradient to `directory` (and what an agent lived: `peer.lived`), prints the loss before and after two
    steps of Adam.
    """
    loss, gradients = peer.gradients()
    for name, values in getattr(peer, "lived", {}).items():
        with open(os.path.join(directory, name + ".f32"), "wb") as file:
            array.array("f", torch.stack(values).flatten().tolist()).tofile(file)
    for name in params:
        with open(os.path.join(directory, name + ".f32"), "wb") as file:
            array.array("f", gradients[name].flatten().tolist()).tofile(file)
    peer.train()
    peer.train()
    print(json.dumps({"loss": loss, "trained": peer.gradients()[0]}))
