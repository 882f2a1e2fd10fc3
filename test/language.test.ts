import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ReferenceDevice } from "../src/devices/reference/index.js";
import { startEngine } from "./support/engine.js";
import { farthest, type LanguageAnswers, type LanguageProblem, solved } from "./support/languageProblem.js";

/** Made by `bench/peers/torch_language.py --check` of `languageProblem`: PyTorch 1.13, float64. */
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "recorded/language.json"), "utf8")) as {
  problem: LanguageProblem;
  answers: LanguageAnswers;
};
const engine = await startEngine(1);
afterAll(() => engine.dispose());

it("a two-layer modulated LSTM has PyTorch's gradients of two segments, with traces carried from one to the other", () => {
  const { problem, answers } = golden;
  expect(farthest(solved(new ReferenceDevice(), problem), answers)).toBeLessThan(1e-9);
  expect(farthest(solved(engine, problem), answers)).toBeLessThan(2e-5);
});
