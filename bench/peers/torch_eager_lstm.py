"""A plastic LSTM in PyTorch as a researcher writes it; equations in bench/lstmProblem.ts."""

import torch


class Lstm:
    def __init__(self, sizes, arrays):
        self.sizes, self.x, self.cy = sizes, arrays["x"], arrays["cy"]
        # As in torch.nn.LSTM, one product makes all gates. The candidate's connections come last, they are plastic.
        packed = {
            "input": [arrays["x" + gate] for gate in "fiog"],
            "gates": [arrays["y" + gate] for gate in "fio"],
            "bias": [arrays["b" + gate] for gate in "fiog"],
        }
        self.params = {name: torch.cat(parts, -1) for name, parts in packed.items()}
        self.params.update({name: arrays[name] for name in ("w", "alpha", "eta")})
        for param in self.params.values():
            param.requires_grad_()
        self.optimizer = torch.optim.Adam(self.params.values(), lr=sizes["lr"])

    def forward(self):
        n, batch, p = self.sizes["neurons"], self.sizes["batch"], self.params
        hidden, cell = torch.zeros(batch, n), torch.zeros(batch, n)
        hebb = torch.zeros(batch, n, n)
        loss = 0
        for t in range(self.sizes["steps"]):
            inputs = self.x[t] @ p["input"] + p["bias"]
            f, i, o = torch.sigmoid(inputs[:, : 3 * n] + hidden @ p["gates"]).chunk(3, 1)
            read = torch.bmm(hidden.unsqueeze(1), p["w"] + p["alpha"] * hebb).squeeze(1)
            candidate = torch.tanh(inputs[:, 3 * n :] + read)
            cell = f * cell + i * candidate
            hebb = torch.clamp(hebb + p["eta"] * torch.bmm(hidden.unsqueeze(2), candidate.unsqueeze(1)), -1, 1)
            hidden = o * torch.tanh(cell)
            loss = loss + (hidden * self.cy[t]).sum()
        return loss

    def gradients(self):
        self.optimizer.zero_grad()
        loss = self.forward()
        loss.backward()
        grads = {name: param.grad for name, param in self.params.items()}
        n = self.sizes["neurons"]
        for name, packed, gates in (("x", "input", "fiog"), ("y", "gates", "fio"), ("b", "bias", "fiog")):
            for gate, part in zip(gates, grads[packed].split(n, -1)):
                grads[name + gate] = part
        return loss.item(), grads

    def train(self):
        self.optimizer.zero_grad()
        loss = self.forward()
        loss.backward()
        self.optimizer.step()
        return loss.item()
