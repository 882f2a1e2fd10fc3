import { basename } from "node:path";
import type { Rule } from "../src/rules/rule.js";
import type { Evaluation, Experiment } from "../src/training/index.js";
import { describeOptions } from "../src/training/index.js";
import { isNamedSource } from "./data.js";
import type { ModuleRecord } from "./ownModules/moduleRecord.js";
import { counted } from "./progress.js";
import type { RunConfig } from "./runFolder.js";
import { shownOption } from "./shownOption.js";

/** The command that trains the same network: what differs from the defaults, and no paths. */
function commandOf(experiment: Experiment, config: RunConfig): string {
  const { options, modules } = config;
  const set = describeOptions(experiment)
    .filter(({ name, default: usual }) => options[name] !== usual)
    .map(({ name }) => {
      const own = modules[name];
      return ` --set ${name}=${own ? moduleName(own) : shownOption(options[name])}`;
    });
  const chosen = modules.experiment ? moduleName(modules.experiment) : experiment.name;
  const data = config.data === null ? "" : ` --data ${isNamedSource(config.data) ? config.data : "<folder>"}`;
  return `hebbian train ${chosen} --seed ${config.seed} --episodes ${config.episodes}${data}${set.join("")}`;
}

/** Of the path only the name, as of pictures. */
const moduleName = ({ path }: ModuleRecord): string => `./${basename(path)}`;

/** Which pictures it were; of a folder only the name, as a path is nobody else's business. */
function dataNotes({ data, dataFingerprint }: RunConfig): Record<string, string> {
  if (data === null || dataFingerprint === null) return {};
  return { ...(isNamedSource(data) ? { data } : { dataFolder: basename(data) }), dataFingerprint };
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
    ...dataNotes(config),
    source: experiment.source,
    ...(config.modules.experiment && { module: basename(config.modules.experiment.path) }),
    ...(evaluation && { metrics: JSON.stringify(evaluation) }),
    rules: JSON.stringify(equations),
    device: `${config.device}, ${counted(config.threads, "thread")}`,
  };
}
