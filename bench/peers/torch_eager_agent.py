"""
The maze experiment in PyTorch as a researcher writes it: a batch of mazes stepped with numpy, actions drawn with
torch.distributions, the loss of whole episodes by autograd. Equations in bench/agentProblem.ts.
"""

import numpy as np
import torch
from torch.distributions import Categorical
from torch_common import PARAMS, Trained

REWARD = 10.0


class Mazes:
    """A batch of mazes with walls around and at every even row and column but the centre; cells are row * size + column."""

    def __init__(self, size, steps, batch, seed):
        self.steps, self.batch, self.rng = steps, batch, np.random.default_rng(seed)
        walls = np.zeros((size, size), dtype=np.float32)
        walls[::2, ::2] = 1
        walls[[0, -1], :] = walls[:, [0, -1]] = 1
        walls[size // 2, size // 2] = 0
        self.walls = walls.ravel()
        self.centre = size // 2 * (size + 1)
        self.free = np.flatnonzero(self.walls == 0)
        self.moves = np.array([-size, size, -1, 1])
        self.around = np.array([row * size + column for row in (-1, 0, 1) for column in (-1, 0, 1)])
        self.episodes = np.arange(batch)

    def reset(self):
        self.agent = np.full(self.batch, self.centre)
        self.goal = self.rng.choice(self.free[self.free != self.centre], self.batch)
        self.time = 0
        self.reward = np.zeros(self.batch, dtype=np.float32)
        self.action = None

    def observe(self):
        """3 x 3 cells around the agent, a bias, the share of the episode that is over, the last reward and action."""
        seen = np.zeros((self.batch, 16), dtype=np.float32)
        seen[:, :9] = self.walls[self.agent[:, None] + self.around]
        seen[:, 9] = 1
        seen[:, 10] = self.time / self.steps
        seen[:, 11] = self.reward
        if self.action is not None:
            seen[self.episodes, 12 + self.action] = 1
        return seen

    def step(self, action):
        target = self.agent + self.moves[action]
        self.agent = np.where(self.walls[target] == 0, target, self.agent)
        found = self.agent == self.goal
        self.reward = np.where(found, REWARD, 0).astype(np.float32)
        for b in np.flatnonzero(found):
            self.agent[b] = self.rng.choice(self.free[self.free != self.goal[b]])
        self.action = action
        self.time += 1
        return self.reward


class Agent(Trained):
    def __init__(self, sizes, arrays):
        self.sizes = sizes
        self.params = {name: arrays[name].requires_grad_() for name in PARAMS[sizes["kind"]]}
        self.optimizer = torch.optim.Adam(self.params.values(), lr=sizes["lr"])
        self.mazes = Mazes(sizes["size"], sizes["steps"], sizes["batch"], 1)
        self.lived = {}
        torch.manual_seed(1)

    def forward(self):
        sizes, p, mazes = self.sizes, self.params, self.mazes
        n, batch, steps, actions = (sizes[name] for name in ("neurons", "batch", "steps", "actions"))
        plastic, modulated = "alpha" in p, "modulator" in p
        hidden = torch.zeros(batch, n)
        hebb = torch.zeros(batch, n, n)
        log_probs, values, squares, rewards, seen, acted = [], [], [], [], [], []
        mazes.reset()
        for _ in range(steps):
            x = torch.from_numpy(mazes.observe())
            if plastic:
                recurrent = torch.bmm(hidden.unsqueeze(1), p["w"] + p["alpha"] * hebb).squeeze(1)
            else:
                recurrent = hidden @ p["w"]
            new = torch.tanh(x @ p["i2h"] + p["i2hBias"] + recurrent)
            if plastic:
                rate = torch.tanh(new @ p["modulator"] + p["modulatorBias"]).unsqueeze(2) if modulated else p["eta"]
                hebb = torch.clamp(hebb + rate * torch.bmm(hidden.unsqueeze(2), new.unsqueeze(1)), -1, 1)
            hidden = new
            out = hidden @ p["heads"] + p["headsBias"]
            policy = Categorical(logits=out[:, :actions])
            action = policy.sample()
            log_probs.append(policy.log_prob(action))
            squares.append((policy.probs**2).sum(1))
            values.append(out[:, actions])
            rewards.append(torch.from_numpy(mazes.step(action.numpy())))
            seen.append(x)
            acted.append(action)
        self.lived = {"x": seen, "actions": acted, "rewards": rewards}
        goal, loss = torch.zeros(batch), 0
        for t in reversed(range(steps)):
            goal = rewards[t] + sizes["gamma"] * goal
            advantage = goal - values[t]
            loss = loss - log_probs[t] * advantage.detach() + sizes["valueWeight"] * advantage**2
            loss = loss + sizes["penalty"] * squares[t]
        return loss.mean() / steps

    def train(self):
        loss, _ = self.gradients()
        torch.nn.utils.clip_grad_norm_(self.params.values(), self.sizes["clipNorm"])
        self.optimizer.step()
        return loss
