import { didYouMean } from "../../src/formulas/errors.js";
import { describeOptions, type Experiment, resolveOptions } from "../../src/training/index.js";
import { UsageError } from "../exitCodes.js";
import { experimentNamed } from "../experimentNamed.js";
import type { RunConfig, RunFolder } from "../runFolder.js";
import { shellWord } from "../shellWord.js";
import type { OwnModule } from "./loadModule.js";
import { isModulePath } from "./moduleFiles.js";
import { expectUnchanged, type FoundModule, findModule, type ModuleChange } from "./moduleRecord.js";
import { loadExperiment, loadRule } from "./ownExperiment.js";

interface GivenRules {
  readonly options: Record<string, unknown>;
  /** By the option that they are for. */
  readonly modules: Readonly<Record<string, OwnModule>>;
}

/** The options with the rules that modules hold in the place of the modules' paths. Throws a ModuleError or UsageError. */
export async function loadRules(
  experiment: Experiment,
  options: Readonly<Record<string, unknown>>,
): Promise<GivenRules> {
  const loaded: Record<string, unknown> = { ...options };
  const modules: Record<string, OwnModule> = {};
  for (const { name, type, choices = [] } of describeOptions(experiment)) {
    const word = options[name];
    if (type !== "rule" || typeof word !== "string" || choices.includes(word)) continue;
    if (!isModulePath(word)) {
      throw new UsageError(
        `--${name} ${word}: expected one of ${choices.join(", ")}, or the path of a module, such as ./${word}.js${didYouMean(word, choices)}`,
      );
    }
    const { rule, module } = await loadRule(word);
    loaded[name] = rule;
    modules[name] = module;
  }
  return { options: loaded, modules };
}

interface ResumedModules {
  readonly experiment: Experiment;
  /** With the rules of its modules as they are now. */
  readonly options: RunConfig["options"];
  readonly modules: Readonly<Record<string, OwnModule>>;
  /** Where modules are others than when the run began or was last gone on with. */
  readonly changes: readonly Omit<ModuleChange, "episode">[];
}

/**
 * The modules that a run was made of, loaded again. `given`: where that of its experiment lies now, if it is said.
 * @throws ModuleError for one that has changed, unless that is `allowed`, or is gone or faulty
 */
export async function resumedModules(
  folder: RunFolder,
  config: Pick<RunConfig, "experiment" | "options" | "modules">,
  given: string | undefined,
  allowed: boolean,
): Promise<ResumedModules> {
  const { path } = folder;
  const cure = `say where it is: hebbian train <module> --resume ${shellWord(path)}`;
  const changes: Omit<ModuleChange, "episode">[] = [];
  const look = (use: string): FoundModule => {
    const where = use === "experiment" ? given : undefined;
    const found = findModule(config.modules[use]!, path, use === "experiment" ? cure : "put it back", where);
    expectUnchanged(found, path, allowed);
    if (found.changed.length > 0) changes.push({ module: use, files: [...found.changed] });
    return found;
  };
  const found = Object.fromEntries(Object.keys(config.modules).map((use) => [use, look(use)]));
  const { experiment: ownModule, ...ruleModules } = found;
  const own = ownModule ? await loadExperiment(ownModule.path) : null;
  const experiment = own?.experiment ?? experimentNamed(config.experiment);
  const modules: Record<string, OwnModule> = own ? { experiment: own.module } : {};
  const options = { ...config.options };
  for (const [use, { path: place }] of Object.entries(ruleModules)) {
    const { rule, module } = await loadRule(place);
    options[use] = rule;
    modules[use] = module;
  }
  return {
    experiment,
    options: changes.length > 0 ? resolveOptions(experiment, options) : options,
    modules,
    changes,
  };
}
