"""One-shot learning in PyTorch as a researcher writes it; equations in bench/oneShotProblem.ts."""

import torch
from torch.nn.functional import binary_cross_entropy, conv2d

LAYERS = ["conv1", "conv2", "conv3", "conv4"]


class OneShot:
    def __init__(self, sizes, arrays):
        self.sizes = sizes
        # PyTorch has channels before height and width, and filters before channels.
        self.pictures = arrays["pictures"].unsqueeze(2)
        self.labels = arrays["labels"]
        n = sizes["neurons"]
        self.params = {}
        for name in LAYERS:
            weight = arrays[name].reshape(3, 3, -1, n).permute(3, 2, 0, 1).contiguous()
            self.params.update({name: weight, name + "Bias": arrays[name + "Bias"]})
        self.params.update({name: arrays[name] for name in ("w", "alpha", "eta")})
        for param in self.params.values():
            param.requires_grad_()
        self.optimizer = torch.optim.Adam(self.params.values(), lr=sizes["lr"])

    def features(self, x):
        for name in LAYERS:
            x = torch.tanh(conv2d(x, self.params[name], self.params[name + "Bias"], stride=2))
        return x.flatten(1)

    def forward(self):
        steps, batch, p = self.sizes["steps"], self.sizes["batch"], self.params
        if not self.sizes["stepping"]:
            features = self.features(self.pictures.flatten(0, 1)).reshape(steps, batch, -1)
        hebb = torch.zeros(batch, self.sizes["neurons"], self.sizes["classes"])
        for t in range(steps):
            x = self.features(self.pictures[t]) if self.sizes["stepping"] else features[t]
            z = torch.bmm(x.unsqueeze(1), p["w"] + p["alpha"] * hebb).squeeze(1)
            if t < steps - 1:
                z = z + 1000 * self.labels[t]
            y = torch.softmax(z, 1)
            hebb = hebb + p["eta"] * y.unsqueeze(1) * (x.unsqueeze(2) - y.unsqueeze(1) * hebb)
        return binary_cross_entropy(y, self.labels[-1])

    def gradients(self):
        self.optimizer.zero_grad()
        loss = self.forward()
        loss.backward()
        grads = {name: param.grad for name, param in self.params.items()}
        for name in LAYERS:
            grads[name] = grads[name].permute(2, 3, 1, 0).reshape(-1, self.sizes["neurons"])
        return loss.item(), grads

    def train(self):
        self.optimizer.zero_grad()
        loss = self.forward()
        loss.backward()
        self.optimizer.step()
        return loss.item()
