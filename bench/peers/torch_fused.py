"""
PyTorch tuned by hand: no autograd, the backward pass through time written out with in-place operations on buffers that
are allocated once, and weight gradients as one matrix product at the end.
"""

import torch
from torch_common import PARAMS, serve
from torch_fused_maze import Maze
from torch_fused_rnn import Rnn


class InPlaceAdam:
    """Adam for versions of PyTorch whose own cannot run fused on a CPU."""

    def __init__(self, params, lr):
        self.lr = lr
        self.count = 0
        self.state = [(p, torch.zeros_like(p), torch.zeros_like(p), torch.empty_like(p)) for p in params]

    def step(self):
        self.count += 1
        size = self.lr / (1 - 0.9**self.count)
        root = (1 - 0.999**self.count) ** 0.5
        for p, m, v, denominator in self.state:
            m.lerp_(p.grad, 0.1)
            v.mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
            torch.sqrt(v, out=denominator).div_(root).add_(1e-8)
            p.addcdiv_(m, denominator, value=-size)


def adam(params, lr):
    try:
        return torch.optim.Adam(params, lr=lr, fused=True)
    except (RuntimeError, TypeError):
        return InPlaceAdam(params, lr)


class Fused:
    def __init__(self, sizes, arrays):
        self.params = {name: arrays[name] for name in PARAMS[sizes["kind"]]}
        for param in self.params.values():
            param.grad = torch.zeros_like(param)
        self.network = (Rnn if sizes["kind"] == "rnn" else Maze)(sizes, arrays)
        self.optimizer = adam(list(self.params.values()), sizes["lr"])

    @torch.no_grad()
    def gradients(self):
        loss = self.network.forward()
        self.network.backward()
        return loss, {name: param.grad for name, param in self.params.items()}

    @torch.no_grad()
    def train(self):
        loss, _ = self.gradients()
        self.optimizer.step()
        return loss


if __name__ == "__main__":
    serve("torch-fused", Fused)
