"""Fast-weight memories in PyTorch as a researcher writes them, step by step; equations in bench/fastProblem.ts."""

import torch
from torch_common import PARAMS, Trained


class Fast(Trained):
    def __init__(self, sizes, arrays):
        self.sizes, self.co = sizes, arrays["co"]
        self.params = {name: arrays[name].requires_grad_() for name in PARAMS[sizes["kind"]]}
        self.optimizer = torch.optim.Adam(self.params.values(), lr=sizes["lr"])

    def forward(self):
        p, kind = self.params, self.sizes["kind"]
        n, heads = self.sizes["neurons"], self.sizes["batch"]
        memory = torch.zeros(heads, n, n)
        outputs = []
        for t in range(self.sizes["steps"]):
            key, value, query = (p[name][t].unsqueeze(1) for name in "kvq")
            if kind == "fast-hebb":
                memory = (1 - p["eta"]) * memory + p["eta"] * key.transpose(1, 2) @ value
            else:
                # [heads, n, 1] for each channel of the key, or [heads, 1, 1].
                gate = p["a"][t].unsqueeze(2) if kind == "fast-kda" else p["g"][t].unsqueeze(2)
                memory = gate * memory
                missing = p["beta"][t].unsqueeze(2) * (value - key @ memory)
                memory = memory + key.transpose(1, 2) @ missing
            outputs.append((query @ memory).squeeze(1))
        return (torch.stack(outputs) * self.co).sum()
