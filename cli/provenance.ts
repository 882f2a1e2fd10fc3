import type { Rule } from "../src/rules/rule.js";
import type { Evaluation, Experiment } from "../src/training/index.js";
import { describeOptions } from "../src/training/index.js";
import type { RunConfig } from "./runFolder.js";

/** A source of pictures that means the same on every machine; a folder does not. */
const named = (data: string | null): data is string =>
  ["cifar", "procedural", "omniglot", "synthetic"].includes(data ?? "");

/** The command that trains the same network: what differs from the defaults, and no paths. */
export function commandOf(experiment: Experiment, config: RunConfig): string {
  const set = describeOptions(experiment)
    .filter(({ name, default: usual }) => config.options[name] !== usual)
    .map(({ name }) => ` --set ${name}=${config.options[name]}`);
  const data = config.data === null ? "" : ` --data ${named(config.data) ? config.data : "<folder>"}`;
  return `hebbian train ${experiment.name} --seed ${config.seed} --episodes ${config.episodes}${data}${set.join("")}`;
}

/** What a model file says of itself, beside experiment, options and seed; `evaluation`: null if it is not tested yet. */
export function provenance(
  experiment: Experiment,
  config: RunConfig,
  evaluation: Evaluation | null,
  rules: Readonly<Record<string, Rule>>,
): Record<string, string> {
  const equations = Object.fromEntries(
    Object.entries(rules).map(([connection, { name, source, definition }]) => [
      connection,
      { name, source, weight: definition.weight, update: definition.update },
    ]),
  );
  return {
    command: commandOf(experiment, config),
    ...(named(config.data) && { data: config.data }),
    source: experiment.source,
    ...(evaluation && { metrics: JSON.stringify(evaluation) }),
    rules: JSON.stringify(equations),
    device: `${config.device}, ${config.threads} threads`,
  };
}
