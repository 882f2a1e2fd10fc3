"""The plastic RNN of one episode. The equations are in bench/problem.ts, the names of the adjoints in docs/math.md."""

import math

import torch

# H is recovered by walking its update backwards, which multiplies rounding errors by 1 / (1 - eta) a step.
LARGEST_ERROR_GROWTH = 100


class Rnn:
    def __init__(self, sizes, arrays):
        n, steps = sizes["neurons"], sizes["steps"]
        self.steps, self.outputs = steps, sizes["outputs"]
        self.w, self.alpha, self.eta = (arrays[name] for name in ("w", "alpha", "eta"))
        self.inputs, self.target = arrays["input"], arrays["target"]
        self.clamped = (self.inputs != 0) if sizes["clamped"] else None
        # x[t] is the state before step t, x[t + 1] the one after it.
        self.x, self.dz, self.slope = torch.zeros(steps + 1, n), torch.zeros(steps, n), torch.empty(steps, n)
        # Indexing costs as much as a small operation: rows are taken once.
        self.x_rows, self.dz_rows, self.slope_rows = list(self.x), list(self.dz), list(self.slope)
        self.x_columns = [row.unsqueeze(1) for row in self.x_rows]
        self.input_rows = list(self.inputs)
        self.trace, self.weight = torch.empty(n, n), torch.empty(n, n)
        # dL/dH is alpha * carry: alpha does not change, so carry's own update is rank one.
        self.carry, self.adjoint, self.product = torch.empty(n, n), torch.empty(n, n), torch.empty(n, n)
        self.trace_elements, self.adjoint_elements = self.trace.view(-1), self.adjoint.view(-1)
        self.weight_t, self.adjoint_t = self.weight.t(), self.adjoint.t()
        self.saved = {}

    def span(self):
        """Steps that the trace may be walked backwards from a saved one."""
        eta = self.eta.item()
        if eta >= 1:
            return 1
        return max(1, int(math.log(LARGEST_ERROR_GROWTH) / -math.log(1 - eta))) if eta > 0 else self.steps

    def save(self, t):
        if t not in self.saved:
            self.saved[t] = torch.empty_like(self.trace)
        self.saved[t].copy_(self.trace)

    def forward(self):
        x, trace, inputs = self.x_rows, self.trace.zero_(), self.input_rows
        eta, span = self.eta.item(), self.span()
        for t in range(self.steps):
            if t > 0:
                trace.addr_(x[t - 1], x[t], beta=1 - eta, alpha=eta)
            if t % span == span - 1:
                self.save(t)
            torch.addcmul(self.w, self.alpha, trace, out=self.weight)
            new = torch.addmv(inputs[t], self.weight_t, x[t], out=x[t + 1]).tanh_()
            if self.clamped is not None:
                torch.where(self.clamped[t], inputs[t], new, out=new)
        self.error = x[self.steps][: self.outputs] - self.target
        return torch.dot(self.error, self.error).item()

    def backward(self):
        x, dz, slope = self.x_rows, self.dz_rows, self.slope_rows
        trace, carry, adjoint = self.trace, self.carry.zero_(), self.adjoint
        eta, span, last = self.eta.item(), self.span(), self.steps - 1
        torch.mul(self.x[1:], self.x[1:], out=self.slope).neg_().add_(1)
        if self.clamped is not None:
            self.slope.masked_fill_(self.clamped, 0)
        d_alpha = self.alpha.grad.zero_()
        d_eta = self.eta.grad.zero_()[0]
        dx = torch.zeros_like(x[0])
        dx[: self.outputs] = 2 * self.error
        # The state before step 0 is 0, and so is everything that step 0 would add here.
        for t in range(last, 0, -1):
            if t < last:
                torch.mul(self.alpha, carry, out=adjoint)
                dx.addmv_(self.adjoint_t, x[t], alpha=eta)
                received = torch.mv(adjoint, x[t + 1])
                d_eta += torch.dot(received, x[t])
                d_eta -= torch.dot(self.adjoint_elements, self.trace_elements)
            torch.mul(dx, slope[t], out=dz[t])
            torch.addcmul(self.w, self.alpha, trace, out=self.weight)
            dx = torch.mv(self.weight, dz[t])
            if t < last:
                dx.add_(received, alpha=eta)
            d_alpha.addcmul_(torch.mul(trace, self.x_columns[t], out=self.product), dz[t])
            carry.addr_(x[t], dz[t], beta=1 - eta)
            if t % span == 0:
                trace.copy_(self.saved[t - 1])
            else:
                trace.addr_(x[t - 1], x[t], beta=1 / (1 - eta), alpha=-eta / (1 - eta))
        torch.mm(self.x[:-1].t(), self.dz, out=self.w.grad)
