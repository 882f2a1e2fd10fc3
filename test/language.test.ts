import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { textNetworks } from "../src/experiments/ptb/cells.js";
import { startEngine } from "./support/engine.js";
import {
  farthest,
  type LanguageAnswers,
  type LanguageProblem,
  languageProblem,
  solved,
} from "./support/languageProblem.js";

/** Made by `bench/peers/torch_language.py --check` of `languageProblem`: PyTorch 1.13, float64. */
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "recorded/language.json"), "utf8")) as {
  problem: LanguageProblem;
  answers: LanguageAnswers;
};
const reference = new ReferenceDevice();
const engine = await startEngine(1);
afterAll(() => engine.dispose());

it("a two-layer modulated LSTM has PyTorch's gradients of two segments, with traces carried from one to the other", () => {
  const { problem, answers } = golden;
  expect(farthest(solved(reference, problem), answers)).toBeLessThan(1e-9);
  expect(farthest(solved(engine, problem), answers)).toBeLessThan(2e-5);
});

/** Each network, and one that is plastic elsewhere, or tells words by other weights. */
const others = {
  "plastic from output and input of the step before": { plasticFrom: "both", pre: "previous" },
  "plastic from its input": { plasticFrom: "input" },
  "with a trace that fades": { trace: "fading" },
  "tied weights": { readout: "tied" },
} as const;
const networks = Object.keys(textNetworks) as (keyof typeof textNetworks)[];

it.each([
  ...networks.map((network) => ({ network, change: "as published", changed: {} })),
  ...Object.entries(others).map(([change, changed]) => ({ network: "modulated" as const, change, changed })),
])(
  "the engine has the reference's losses and gradients of a $network language model, $change",
  ({ network, changed }) => {
    const problem = languageProblem(reference, network, changed);
    expect(farthest(solved(engine, problem), solved(reference, problem))).toBeLessThan(2e-5);
  },
);
