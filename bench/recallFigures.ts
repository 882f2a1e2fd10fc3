/**
 * Draws what `recall.ts` measured: accuracy against pairs, and against the size of keys.
 *
 *     node dist/bench/recallFigures.js docs/results/mqar
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { learningCurve } from "../src/figures/index.js";

interface Measured {
  readonly experiment: string;
  readonly options: { readonly rule: string; readonly pairs: number; readonly keySize: number };
  readonly accuracy: number;
}

const [, , folder = ""] = process.argv;
if (folder === "") throw new Error("recallFigures: expected the folder of accuracy.jsonl");
const all = readFileSync(join(folder, "accuracy.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Measured)
  .filter(({ experiment }) => experiment === "mqar");

function draw(
  along: "pairs" | "keySize",
  title: string,
  xLabel: string,
  isIn: (one: Measured) => boolean,
): void {
  const measured = all.filter(isIn);
  const rules = [...new Set(measured.map(({ options }) => options.rule))].sort();
  const series = rules.map((label) => {
    const own = measured.filter(({ options }) => options.rule === label);
    const places = [...new Set(own.map(({ options }) => options[along]))].sort((a, b) => a - b);
    const at = places.map((episode) => {
      const values = own.filter(({ options }) => options[along] === episode).map(({ accuracy }) => accuracy);
      const value = values.reduce((sum, each) => sum + each, 0) / values.length;
      return { episode, value, low: Math.min(...values), high: Math.max(...values) };
    });
    const points = at.map(({ episode, value }) => ({ episode, value }));
    return { label, points, band: { label: "all seeds", points: at } };
  });
  const yLabel = "share of right answers";
  writeFileSync(
    join(folder, `${along}.svg`),
    learningCurve({ title, series, yLabel, xLabel, lines: "exact" }),
  );
}

draw("pairs", "Recall by number of pairs, keys of 32", "pairs", ({ options }) => options.keySize === 32);
draw(
  "keySize",
  "Recall of 8 pairs by size of keys",
  "numbers in a key",
  ({ options }) => options.pairs === 8,
);
