import { afterAll, expect, it } from "vitest";
import { experimentsPage, seriesCsv } from "../support/experimentsPage.js";
import { moduleFolder } from "../support/ownModules.js";
import { call } from "../support/terminal.js";

const own = moduleFolder();
afterAll(own.remove);
own.write("series.csv", seriesCsv());
for (const [name, text] of experimentsPage().modules) own.write(name, text);

// Worse than the worst of five seeds (docs/results/own-experiments) by a fifth and more, far from what is reached without learning.
it.each([
  // Saying the last value again: 0.0295.
  ["series.js", (error: number) => error < 0.0003],
  // Saying 0: 4.2.
  ["sinusoids.js", (error: number) => error < 0.4],
  // By luck: 12; the best lever from the first step on: 36.
  ["bandit.js", (reward: number) => reward > 22],
  // 20 is all there is; a pole that falls every 20 steps has 9.
  ["cartpole.js", (reward: number) => reward > 17],
])("%s of docs/experiments.md learns what the page says", async (name, isGood) => {
  const out = own.at(`${name}-run`);
  const { code, out: said } = await call(["train", own.at(name), "--no-figures", "--json", "--out", out]);
  expect(code).toBe(0);
  const { type, error, reward } = JSON.parse(said.trimEnd().split("\n").at(-1)!);
  expect(type).toBe("result");
  expect(error ?? reward).toSatisfy(isGood);
});
