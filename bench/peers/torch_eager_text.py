"""Language models in PyTorch as a researcher writes them; equations in torch_language.py, the problem in bench/textProblem.ts."""

import torch

GATES = ("forget", "write", "output")


class Text:
    """Reads a text in streams, segment by segment. A subclass has layers, as `run(x, state)`, and what they are called outside."""

    def __init__(self, sizes, arrays):
        self.sizes, self.at, self.state = sizes, 0, None
        batch, length = sizes["batch"], sizes["segments"] * sizes["steps"]
        tokens = arrays["tokens"].long()
        self.inputs = tokens[:-1].reshape(batch, length).t().contiguous()
        self.targets = tokens[1:].reshape(batch, length).t().contiguous()
        self.params = {name: arrays[name] for name in ("embedding", "readout.weight", "readout.bias")}
        self.pack(arrays)
        for param in self.params.values():
            param.requires_grad_()
        self.optimizer = torch.optim.SGD(self.params.values(), lr=sizes["lr"], weight_decay=sizes["weightDecay"])

    def forward(self):
        steps, batch = self.sizes["steps"], self.sizes["batch"]
        rows = slice(self.at * steps, (self.at + 1) * steps)
        if self.at == 0:
            self.state = self.begin()
        self.at = (self.at + 1) % self.sizes["segments"]
        x = torch.nn.functional.embedding(self.inputs[rows], self.params["embedding"])
        hidden = self.run(x)
        logits = hidden.flatten(0, 1) @ self.params["readout.weight"] + self.params["readout.bias"]
        return torch.nn.functional.cross_entropy(logits, self.targets[rows].flatten(), reduction="sum") / batch

    def backward(self):
        self.optimizer.zero_grad()
        loss = self.forward()
        loss.backward()
        return loss.item()

    def gradients(self):
        loss = self.backward()
        grads = {name: param.grad for name, param in self.params.items()}
        return loss, {**grads, **self.unpack(grads)}

    def train(self):
        loss = self.backward()
        torch.nn.utils.clip_grad_norm_(list(self.params.values()), self.sizes["clipNorm"])
        self.optimizer.step()
        return loss


class Plain(Text):
    """torch.nn.LSTM, whose gates are write, forget, candidate and output, as [neurons, inputs]."""

    ORDER = ("write", "forget", "candidate", "output")

    def pack(self, arrays):
        n, layers = self.sizes["neurons"], self.sizes["layers"]
        self.lstm = torch.nn.LSTM(self.sizes["embedding"], n, layers)
        for k in range(layers):
            hidden = lambda gate: "w" if gate == "candidate" else "recurrent"
            parts = {
                f"weight_ih_l{k}": [arrays[f"lstm{k}.{gate}.input"].t() for gate in self.ORDER],
                f"weight_hh_l{k}": [arrays[f"lstm{k}.{gate}.{hidden(gate)}"].t() for gate in self.ORDER],
                f"bias_ih_l{k}": [arrays[f"lstm{k}.{gate}.bias"].flatten() for gate in self.ORDER],
            }
            for name, part in parts.items():
                getattr(self.lstm, name).data.copy_(torch.cat(part))
                self.params[name] = getattr(self.lstm, name)
            # The second bias is none of the problem's.
            getattr(self.lstm, f"bias_hh_l{k}").data.zero_()
            getattr(self.lstm, f"bias_hh_l{k}").requires_grad_(False)

    def begin(self):
        zeros = torch.zeros(self.sizes["layers"], self.sizes["batch"], self.sizes["neurons"])
        return zeros, zeros

    def run(self, x):
        hidden, state = self.lstm(x, self.state)
        self.state = tuple(each.detach() for each in state)
        return hidden

    def unpack(self, grads):
        named = {}
        for k in range(self.sizes["layers"]):
            for what, key in (("weight_ih", "input"), ("weight_hh", "recurrent"), ("bias_ih", "bias")):
                for gate, part in zip(self.ORDER, grads[f"{what}_l{k}"].chunk(4)):
                    name = "w" if gate == "candidate" and key == "recurrent" else key
                    named[f"lstm{k}.{gate}.{name}"] = part if key == "bias" else part.t()
        return named


class Modulated(Text):
    """One product makes the input's share of all gates, for all steps at once. The candidate's connections are plastic."""

    def pack(self, arrays):
        for k in range(self.sizes["layers"]):
            gates = [f"lstm{k}.{gate}" for gate in GATES]
            parts = {
                "input": [arrays[f"{gate}.input"] for gate in (*gates, f"lstm{k}.candidate")],
                "bias": [arrays[f"{gate}.bias"] for gate in (*gates, f"lstm{k}.candidate")],
                "gates": [arrays[f"{gate}.recurrent"] for gate in gates],
            }
            self.params.update({f"lstm{k}.{name}": torch.cat(part, 1) for name, part in parts.items()})
            own = ("candidate.w", "candidate.alpha", "candidate.fanOut", "modulator.weight", "modulator.bias")
            self.params.update({f"lstm{k}.{name}": arrays[f"lstm{k}.{name}"] for name in own})

    def begin(self):
        n, batch = self.sizes["neurons"], self.sizes["batch"]
        zeros = torch.zeros(batch, n)
        return [(zeros, zeros, torch.zeros(batch, n, n)) for _ in range(self.sizes["layers"])]

    def run(self, x):
        n, state = self.sizes["neurons"], []
        for k, (h, c, trace) in enumerate(self.state):
            p = lambda name: self.params[f"lstm{k}.{name}"]
            inputs = x @ p("input") + p("bias")
            outputs = []
            for now in inputs:
                f, i, o = torch.sigmoid(now[:, : 3 * n] + h @ p("gates")).chunk(3, 1)
                read = torch.bmm(h.unsqueeze(1), p("candidate.w") + p("candidate.alpha") * trace).squeeze(1)
                g = torch.tanh(now[:, 3 * n :] + read)
                m = torch.tanh(h @ p("modulator.weight") + p("modulator.bias"))
                rate = m.unsqueeze(2) * p("candidate.fanOut")
                trace = torch.clamp(trace + rate * torch.bmm(h.unsqueeze(2), g.unsqueeze(1)), -1, 1)
                c = f * c + i * g
                h = o * torch.tanh(c)
                outputs.append(h)
            x = torch.stack(outputs)
            state.append((h.detach(), c.detach(), trace.detach()))
        self.state = state
        return x

    def unpack(self, grads):
        named = {}
        for k in range(self.sizes["layers"]):
            for key, name, gates in (
                ("input", "input", (*GATES, "candidate")),
                ("bias", "bias", (*GATES, "candidate")),
                ("gates", "recurrent", GATES),
            ):
                for gate, part in zip(gates, grads[f"lstm{k}.{key}"].chunk(len(gates), 1)):
                    named[f"lstm{k}.{gate}.{name}"] = part
        return named


def make(sizes, arrays):
    return (Plain if sizes["kind"] == "text-lstm" else Modulated)(sizes, arrays)
