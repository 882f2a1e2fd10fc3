import { type Rule, type RuleData, ruleData } from "../../src/rules/index.js";
import { defineExperiment, type Experiment, ExperimentError, shownValue } from "../../src/training/index.js";
import { shellWord } from "../shellWord.js";
import { shownPath } from "../shownPath.js";
import { loadModule, type OwnModule } from "./loadModule.js";
import { ModuleError } from "./moduleError.js";

export interface OwnExperiment {
  readonly experiment: Experiment;
  readonly module: OwnModule;
}

/** The experiment that a module exports as default. Throws a ModuleError where it is none. */
export async function loadExperiment(word: string): Promise<OwnExperiment> {
  const module = await loadModule(word);
  if (!("default" in module.exports) && ruleIn(module) !== undefined) throw ruleInstead(module);
  return experimentIn(module);
}

function experimentIn(module: OwnModule): OwnExperiment {
  const exported = defaultOf(module, "an experiment, such as sequenceExperiment({ ... })");
  if (isRule(exported)) throw ruleInstead(module);
  try {
    return { experiment: defineExperiment(exported as never), module };
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    throw new ModuleError(`${shownPath(module.path)}: ${error.message}`, { cause: error });
  }
}

function ruleInstead({ path }: OwnModule): ModuleError {
  const shown = shownPath(path);
  return new ModuleError(
    `${shown}: expected an experiment, got a rule; train one of the experiments with it: ` +
      `hebbian train patterns --rule ${shellWord(shown)}`,
  );
}

export interface OwnRule {
  readonly rule: RuleData;
  readonly module: OwnModule;
}

/** The rule that a module exports as default, or as the only rule among its exports. Throws a ModuleError where there is none. */
export async function loadRule(word: string): Promise<OwnRule> {
  const module = await loadModule(word);
  const exported = ruleIn(module) ?? defaultOf(module, "a rule, made by defineRule({ ... })");
  if (isRule(exported)) return { rule: ruleData(exported), module };
  throw new ModuleError(
    `${shownPath(module.path)}: the default export must be a rule, made by defineRule({ ... }), got ${shownValue(exported)}`,
  );
}

/** The rule or the experiment that a module exports. Throws a ModuleError where it is neither. */
export async function loadRuleOrExperiment(word: string): Promise<OwnRule | OwnExperiment> {
  const module = await loadModule(word);
  const rule = ruleIn(module);
  return rule === undefined ? experimentIn(module) : { rule: ruleData(rule), module };
}

function ruleIn({ exports }: OwnModule): Rule | undefined {
  if ("default" in exports) return isRule(exports.default) ? exports.default : undefined;
  const named = Object.values(exports).filter(isRule);
  return named.length === 1 ? named[0] : undefined;
}

const isRule = (value: unknown): value is Rule =>
  typeof value === "object" &&
  value !== null &&
  "definition" in value &&
  "traces" in value &&
  "params" in value;

function defaultOf({ path, exports }: OwnModule, what: string): unknown {
  if ("default" in exports) return exports.default;
  const others = Object.keys(exports);
  const has = others.length > 0 ? `it exports ${others.join(", ")}` : "it exports nothing";
  throw new ModuleError(`${shownPath(path)}: there is no default export (${has}); export default ${what}`);
}
