import { expect, test } from "vitest";
import type { Metric } from "../src/training/index.js";
import { evaluationText } from "./evaluationText.js";

const metrics: Metric[] = [
  { name: "accuracy", label: "share of right answers", better: "higher", show: "percent" },
];
const about = { experiment: "omniglot", episodes: 10, seed: 0 };

test("a test is a row for each of its metrics, the one that counts first said in words", () => {
  const text = evaluationText({ "": { ...about, accuracy: 0.5, low: 0.25 } }, metrics, (cell) => `*${cell}*`);
  expect(text).toBe("  accuracy   *50.0 %*  (share of right answers)\n  low        0.250\n");
});

test("tests of one network stand side by side, with what only one of them has", () => {
  const tests = {
    disjoint: { ...about, accuracy: 0.5, "accuracy.Tengwar": 1 },
    published: { ...about, accuracy: 0.75, "accuracy.new": 0.5 },
  };
  expect(evaluationText(tests, metrics, (cell) => cell)).toBe(
    [
      "                     disjoint   published",
      "  accuracy           50.0 %     75.0 %  (share of right answers)",
      "  accuracy.Tengwar   1.00",
      "  accuracy.new                  0.500",
      "",
    ].join("\n"),
  );
});

test("a metric that is called what it is, is said once", () => {
  const perplexity: Metric = { name: "perplexity", label: "perplexity", better: "lower", show: "number" };
  expect(evaluationText({ "": { ...about, perplexity: 131 } }, [perplexity], (cell) => cell)).toBe(
    "  perplexity   131\n",
  );
});
