"""For tests: lets models live in PyTorch. stdin: {reader, cases: [{model, steps: [{input: numbers}], back}]}; stdout: what came."""

import json
import sys

import torch

asked = json.load(sys.stdin)
sys.path.insert(0, asked["reader"])
from hebbian_torch import Life  # noqa: E402

results = []
for case in asked["cases"]:
    life = Life(case["model"]).double()
    state, answers = life.begin(), []
    for step in case["steps"]:
        given = {name: torch.tensor([numbers], dtype=torch.float64) for name, numbers in step.items()}
        answer, state = life(state, **given)
        answers.append(answer[0])
    if case["back"]:
        torch.cat(answers).sum().backward()
    gradients = {name: life.tensor(name).grad for name in life.place}
    results.append(
        {
            "answers": [answer.tolist() for answer in answers],
            "gradients": {name: grad.flatten().tolist() for name, grad in gradients.items() if grad is not None},
        }
    )
json.dump(results, sys.stdout)
