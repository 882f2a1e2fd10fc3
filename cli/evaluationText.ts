import type { Evaluation, Metric } from "../src/training/index.js";
import { shownMetric } from "./progress.js";
import { oneLine } from "./terminalText.js";
import { textColumns } from "./textColumns.js";

/** Tests of one network, by what distinguishes them; by "" where there is one. */
export type Evaluations = Readonly<Record<string, Evaluation>>;

/**
 * The metrics of one or more tests as a table, a column for each test and a row for each metric that one of them has.
 *
 * @param metrics of the experiment, the one that it is judged by first, which is shown by `bold`
 */
export function evaluationText(
  tests: Evaluations,
  metrics: readonly Metric[],
  bold: (text: string) => string,
): string {
  const labels = Object.keys(tests);
  const numbers = labels.map((label) => {
    const { experiment, episodes, seed, ...numbers } = tests[label]!;
    return numbers;
  });
  const keys = [...new Set(numbers.flatMap((test) => Object.keys(test)))];
  const rows = keys.map((key) => {
    const known = metrics.find(({ name }) => name === key);
    const cells = numbers.map((test) => {
      if (test[key] === undefined) return "";
      return known ? shownMetric(known, Number(test[key])) : Number(test[key]).toPrecision(3);
    });
    const shown = known === metrics[0] ? cells.map(bold) : cells;
    return [
      oneLine(key),
      ...shown.slice(0, -1),
      `${shown.at(-1)}${known && known.label !== key ? `  (${known.label})` : ""}`,
    ];
  });
  return textColumns(labels.length > 1 ? [["", ...labels], ...rows] : rows);
}
