/**
 * Draws what `recall.ts` measured: accuracy against pairs, and against the size of keys; prints the table of docs/fast-weights.md.
 *
 *     node dist/bench/recallFigures.js docs/results/mqar
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { learningCurve } from "../src/figures/index.js";

interface Measured {
  readonly experiment: string;
  readonly options: {
    readonly rule: string;
    readonly pairs: number;
    readonly keySize: number;
    readonly batch?: number;
  };
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

const ofBatch = (batch: number | undefined, pairs: number | null, keySize: number | null) => {
  return ({ options }: Measured) =>
    options.batch === batch &&
    (pairs === null || options.pairs === pairs) &&
    (keySize === null || options.keySize === keySize);
};
draw(
  "pairs",
  "Recall by number of pairs, keys of 16",
  "pairs",
  (one) => ofBatch(16, null, 16)(one) && one.options.pairs <= 32,
);
draw("keySize", "Recall of 8 pairs by size of keys", "numbers in a key", ofBatch(16, 8, null));

/** A line for each rule: the mean of its seeds in per cent, the least and the most of them, and how many they are. */
const columns = [
  ...[4, 8, 16, 32].map((pairs) => ({ title: `${pairs} pairs, keys of 16`, isIn: ofBatch(16, pairs, 16) })),
  ...[8, 32, 64].map((size) => ({ title: `8 pairs, keys of ${size}`, isIn: ofBatch(16, 8, size) })),
  { title: "4 pairs, keys of 64", isIn: ofBatch(16, 4, 64) },
];
const cell = (rule: string, isIn: (one: Measured) => boolean): string => {
  const own = all
    .filter((one) => one.options.rule === rule && isIn(one))
    .map(({ accuracy }) => 100 * accuracy);
  if (own.length === 0) return "-";
  const mean = own.reduce((sum, each) => sum + each, 0) / own.length;
  const range = `${Math.min(...own).toFixed(1)} to ${Math.max(...own).toFixed(1)}`;
  return `**${mean.toFixed(1)}** (${range}; ${own.length})`;
};
const rows = ["linearAttention", "decayingHebb", "deltaRule", "gatedDelta", "kimiDelta"].map(
  (rule) => `| ${[rule, ...columns.map(({ isIn }) => cell(rule, isIn))].join(" | ")} |`,
);
console.log(
  [
    `| rule | ${columns.map(({ title }) => title).join(" | ")} |`,
    `|${"---|".repeat(columns.length + 1)}`,
    ...rows,
  ].join("\n"),
);
