"""
The gated delta rule in PyTorch, a chunk of steps at a time; equations in bench/fastProblem.ts.

Within a chunk that begins with the memory H, let c[t] be the product of its gates up to t, and u[t] what step t writes under
k[t]: the memory after t is c[t] H + sum over s <= t of c[t] / c[s] outer(k[s], u[s]). As u[t] = beta[t] (v[t] - k[t] @ (what
is left of the memory before t)), all u of a chunk solve one triangular system, (1 + L) u = beta (v - c k @ H), where
L[t, s] = beta[t] c[t] / c[s] (k[t] . k[s]) for s < t. So chunks are solved side by side, and only H goes from one to the next.
"""

import torch
from torch_common import serve
from torch_eager_fast import Fast

CHUNK = 64


class Chunked(Fast):
    def forward(self):
        p, n, heads, steps = self.params, self.sizes["neurons"], self.sizes["batch"], self.sizes["steps"]
        size = next(size for size in range(min(CHUNK, steps), 0, -1) if steps % size == 0)
        # [chunks, heads, size, numbers]
        key, value, query, gate, beta = (
            p[name].reshape(steps // size, size, heads, -1).transpose(1, 2) for name in ("k", "v", "q", "g", "beta")
        )
        logs = gate.squeeze(-1).log().cumsum(-1)
        kept = logs.exp().unsqueeze(-1)
        between = (logs.unsqueeze(-1) - logs.unsqueeze(-2)).tril().exp().tril()
        written = beta * (key @ key.transpose(-1, -2)) * between
        system = written.tril(-1) + torch.eye(size)
        right = torch.cat([beta * value, beta * kept * key], -1)
        solved = torch.linalg.solve_triangular(system, right, upper=False, unitriangular=True)
        fresh, corrected = solved.split(n, -1)
        recalled = (query @ key.transpose(-1, -2)) * between
        left = between[..., -1, :].unsqueeze(-1) * key
        memory = torch.zeros(heads, n, n)
        outputs = []
        for c in range(steps // size):
            u = fresh[c] - corrected[c] @ memory
            outputs.append(kept[c] * (query[c] @ memory) + recalled[c] @ u)
            memory = kept[c, :, -1:] * memory + left[c].transpose(-1, -2) @ u
        output = torch.stack(outputs).transpose(1, 2).reshape(steps, heads, n)
        return (output * self.co).sum()


if __name__ == "__main__":
    serve("torch-chunked", Chunked)
