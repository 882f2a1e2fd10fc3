"""
A plastic LSTM language model in PyTorch as a researcher writes it: words' numbers, LSTMs one above the other, a softmax over all words.
f, i, o = sigmoid(x @ input + h @ recurrent + bias) and so on; g = tanh(x @ U + h @ (w + alpha * H) + b); c <- f c + i g;
h' = o tanh(c); H <- clip(H + rate * outer(h, g), -1, 1), an H for each stream; rate is eta, or m * fanOut with
m = tanh(h @ modulator + b). State and traces go from segment to segment, detached; the loss is a sum over steps, a mean over streams.

  --check: a problem in JSON on stdin (parameters by name, tokens of each segment), in float64; losses and gradients on stdout

How fast such a model is trained is measured with torch_eager_text.py.
"""

import argparse
import json
import sys

import torch

GATES = ("forget", "write", "output")


def begin(params, layers, batch):
    """(h, c, H) of each layer."""
    zeros = lambda *shape: torch.zeros(*shape, dtype=params["embedding"].dtype)
    sizes = [params[f"lstm{k}.candidate.w"].shape[0] for k in range(layers)]
    return [(zeros(batch, n), zeros(batch, n), zeros(batch, n, n)) for n in sizes]


def step(params, name, x, state):
    h, c, trace = state
    p = lambda key: params[f"{name}.{key}"]
    f, i, o = (torch.sigmoid(x @ p(f"{g}.input") + h @ p(f"{g}.recurrent") + p(f"{g}.bias")) for g in GATES)
    is_plastic = f"{name}.candidate.alpha" in params
    if is_plastic:
        read = torch.bmm(h.unsqueeze(1), p("candidate.w") + p("candidate.alpha") * trace).squeeze(1)
    else:
        read = h @ p("candidate.w")
    g = torch.tanh(x @ p("candidate.input") + read + p("candidate.bias"))
    c = f * c + i * g
    if is_plastic:
        if f"{name}.modulator.weight" in params:
            m = torch.tanh(h @ p("modulator.weight") + p("modulator.bias"))
            rate = m.unsqueeze(2) * p("candidate.fanOut")
        else:
            rate = p("candidate.eta")
        trace = torch.clamp(trace + rate * torch.bmm(h.unsqueeze(2), g.unsqueeze(1)), -1, 1)
    return o * torch.tanh(c), c, trace


def segment(params, state, inputs, targets):
    """Tokens [steps, batch]; the loss, and the state afterwards."""
    hidden = []
    state = list(state)
    for words in inputs:
        x = params["embedding"][words]
        for k in range(len(state)):
            state[k] = step(params, f"lstm{k}", x, state[k])
            x = state[k][0]
        hidden.append(x)
    logits = torch.cat(hidden) @ params["readout.weight"] + params["readout.bias"]
    loss = torch.nn.functional.cross_entropy(logits, targets.flatten(), reduction="sum") / inputs.shape[1]
    return loss, [tuple(each.detach() for each in layer) for layer in state]


def check():
    problem = json.load(sys.stdin)
    params = {
        name: torch.tensor(each["data"], dtype=torch.float64).reshape(each["shape"]).requires_grad_()
        for name, each in problem["parameters"].items()
    }
    layers = sum(name.endswith(".candidate.w") for name in params)
    state = begin(params, layers, problem["batch"])
    answers = []
    for each in problem["segments"]:
        inputs, targets = (torch.tensor(each[key]).reshape(-1, problem["batch"]) for key in ("inputs", "targets"))
        for param in params.values():
            param.grad = None
        loss, state = segment(params, state, inputs, targets)
        loss.backward()
        answers.append(
            {"loss": loss.item(), "gradients": {name: param.grad.flatten().tolist() for name, param in params.items()}}
        )
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", required=True)
    parser.parse_args()
    check()
