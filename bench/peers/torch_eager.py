"""PyTorch as a researcher writes it: the equations, autograd, torch.optim.Adam."""

import torch
from torch_common import PARAMS, Trained, serve
from torch_eager_agent import Agent
from torch_eager_fast import Fast
from torch_eager_lstm import Lstm
from torch_eager_oneshot import OneShot
from torch_eager_text import make as make_text


class Eager(Trained):
    def __init__(self, sizes, arrays):
        self.sizes = sizes
        self.arrays = arrays
        self.params = {name: arrays[name].requires_grad_() for name in PARAMS[sizes["kind"]]}
        self.optimizer = torch.optim.Adam(self.params.values(), lr=sizes["lr"])
        self.forward = self.rnn if sizes["kind"] == "rnn" else self.maze

    def rnn(self):
        w, alpha, eta = (self.params[name] for name in ("w", "alpha", "eta"))
        inputs, target = self.arrays["input"], self.arrays["target"]
        n = self.sizes["neurons"]
        x = torch.zeros(1, n)
        hebb = torch.zeros(n, n)
        for t in range(self.sizes["steps"]):
            y = torch.tanh(x @ (w + alpha * hebb) + inputs[t])
            if self.sizes["clamped"]:
                y = torch.where(inputs[t] == 0, y, inputs[t])
            hebb = (1 - eta) * hebb + eta * torch.outer(x[0], y[0])
            x = y
        return ((x[0, : self.sizes["outputs"]] - target) ** 2).sum()

    def maze(self):
        p, a = self.params, self.arrays
        n, batch = self.sizes["neurons"], self.sizes["batch"]
        hidden = torch.zeros(batch, n)
        hebb = torch.zeros(batch, n, n)
        loss = 0
        for t in range(self.sizes["steps"]):
            recurrent = torch.bmm(hidden.unsqueeze(1), p["w"] + p["alpha"] * hebb).squeeze(1)
            new = torch.tanh(a["x"][t] @ p["i2h"] + p["i2hBias"] + recurrent)
            hebb = torch.clamp(hebb + p["eta"] * torch.bmm(hidden.unsqueeze(2), new.unsqueeze(1)), -1, 1)
            hidden = new
            logits = hidden @ p["h2o"] + p["h2oBias"]
            value = (hidden @ p["h2v"] + p["h2vBias"]).squeeze(1)
            loss = loss + (logits * a["ca"][t]).sum() + (value * a["cv"][t]).sum()
        return loss


def make(sizes, arrays):
    kinds = {"rnn": Eager, "maze": Eager, "lstm": Lstm, "one-shot": OneShot}
    if sizes["kind"].startswith("fast-"):
        return Fast(sizes, arrays)
    if sizes["kind"].startswith("text-"):
        return make_text(sizes, arrays)
    return kinds.get(sizes["kind"], Agent)(sizes, arrays)


if __name__ == "__main__":
    serve("torch-eager", make)
