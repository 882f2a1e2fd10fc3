import { sweepBlock } from "../src/devices/engine/sweepBlock.js";
import type { KernelModule } from "../src/devices/loops/module.js";
import { schedule } from "../src/devices/loops/schedule.js";
import type { Target } from "../src/devices/loops/target.js";
import { printLoops } from "../src/devices/loops/text.js";
import {
  featuresOf,
  findCompiler,
  targetOf,
  usualTarget,
  vectorsOf,
} from "../src/devices/native/compiler.js";
import { NativeDeviceError } from "../src/devices/native/index.js";
import { printC } from "../src/devices/native/printC.js";
import type { Pass } from "../src/devices/passes/pass.js";
import { deferred, sweepPass } from "../src/devices/passes/sweep.js";
import { printPass } from "../src/devices/passes/text.js";
import { wasmTarget } from "../src/devices/wasm/features.js";
import { printWat } from "../src/devices/wasm/wat.js";
import { experiments } from "../src/experiments/index.js";
import { didYouMean } from "../src/formulas/errors.js";
import * as published from "../src/rules/index.js";
import { linearDecay, type Rule, ruleFrom } from "../src/rules/index.js";
import type { Experiment } from "../src/training/index.js";
import { episodeModules } from "./episodeModules.js";
import { codeOf, UsageError } from "./exitCodes.js";
import type { Io } from "./io.js";
import { type KernelsFlags, usualSize } from "./kernelsFlags.js";
import { isModulePath } from "./ownModules/moduleFiles.js";
import { loadRuleOrExperiment } from "./ownModules/ownExperiment.js";

const isRule = (value: unknown): value is Rule =>
  typeof value === "object" && value !== null && "weight" in value;
const rules = new Map(
  Object.values(published)
    .filter(isRule)
    .map((rule) => [rule.name, rule]),
);

/**
 * Prints the kernels of a rule, for a connection of some size, or those that an experiment's first episode makes. Either may be of
 * a module of somebody's own.
 *
 * @throws UsageError for a name that there is not, and for flags that contradict each other or would do nothing; ModuleError
 */
export async function kernels(name: string, flags: KernelsFlags, io: Io): Promise<number> {
  const { as, pre = usualSize, post = usualSize } = flags;
  if (typeof WebAssembly === "undefined" && as !== "c" && flags.target !== "native") {
    throw new UsageError(
      "kernels: there is no WebAssembly here, whose kernels these are; start Node without --jitless, or take --target native",
    );
  }
  const found = isModulePath(name) ? await ofModule(name) : named(name);
  if ("rule" in found) {
    const target = chosenTarget(flags, io);
    const passes = sweepsOf(found.rule, pre, post);
    if (as === "pass") for (const pass of passes) io.stdout.write(`${printPass(pass)}\n`);
    else
      print(
        passes.map((pass) => schedule(pass, target, sweepBlock(pass, target))),
        as,
        io,
      );
    return codeOf("ok");
  }
  if (as === "pass")
    throw new UsageError(
      `kernels: --as pass is for a rule: ${[...rules.keys()].join(", ")}, or the path of a module that exports one`,
    );
  if (flags.pre !== undefined || flags.post !== undefined) {
    throw new UsageError(
      `kernels: --pre and --post are for a rule; ${name} is printed in the sizes that it has: leave them out`,
    );
  }
  print(episodeModules(found.experiment, chosenTarget(flags, io)), as, io);
  return codeOf("ok");
}

type Printable = { readonly rule: Rule } | { readonly experiment: Experiment };

/** The rule or the experiment that a module exports. Throws a ModuleError where it is neither. */
async function ofModule(path: string): Promise<Printable> {
  const found = await loadRuleOrExperiment(path);
  return "rule" in found ? { rule: ruleFrom(found.rule) } : found;
}

/** The rule or the experiment of ours that has this name. */
function named(name: string): Printable {
  const rule = rules.get(name);
  if (rule) return { rule };
  const experiment = Object.hasOwn(experiments, name) ? experiments[name] : undefined;
  if (experiment) return { experiment };
  const [ruleNames, experimentNames] = [[...rules.keys()], Object.keys(experiments)];
  throw new UsageError(
    `kernels: there is no rule and no experiment "${name}"; rules are ${ruleNames.join(", ")}; ` +
      `experiments are ${experimentNames.join(", ")}; one of your own is the path of its module, such as ./${name}.js` +
      didYouMean(name, [...ruleNames, ...experimentNames]),
  );
}

/** C is for the native device and WebAssembly text for wasm; where a form fits both, wasm is what nobody needs to ask for. */
function chosenTarget({ as, target = as === "c" ? "native" : "wasm" }: KernelsFlags, io: Io): Target {
  const only = as === "c" ? "native" : as === "wat" ? "wasm" : target;
  if (target !== only) {
    throw new UsageError(
      `kernels: --as ${as} is how ${only} has its kernels, not ${target}; take --target ${only}, or --as loop`,
    );
  }
  return target === "native" ? nativeTarget(io) : wasmTarget();
}

/** As the compiler says that this machine is; where there is none, as most are, and that is said. */
function nativeTarget(io: Io): Target {
  try {
    return targetOf(featuresOf(findCompiler(io.env)));
  } catch (error) {
    if (!(error instanceof NativeDeviceError)) throw error;
    const usual = usualTarget(process.arch);
    io.stderr.write(`${error.message}; printed for ${vectorsOf(usual)}, as most machines have them\n`);
    return usual;
  }
}

/**
 * What training makes of a rule: the sweep of a step, its update alone, and the way back. What the next update reads of the
 * traces is read in the same sweep, as where its vectors are known ahead; reads of no update have a sweep each.
 */
function sweepsOf(rule: Rule, pre: number, post: number): Pass[] {
  const learns = rule.traces.length > 0;
  const late = deferred(rule);
  const wanted = Object.keys(rule.params).filter((key) => !late.includes(key));
  const forward = { direction: "forward", read: true, inverted: false, flush: false, wanted: [] } as const;
  const inverted = learns && linearDecay(rule) !== null;
  const { updateReads: reads } = rule;
  const backward = { ...forward, direction: "backward" as const, wanted };
  const others = Object.keys(rule.reads).filter((read) => !reads.includes(read));
  const kinds = [
    { ...forward, update: learns, reads },
    ...(learns ? [{ ...forward, update: true, read: false }] : []),
    { ...backward, update: learns, reads, inverted },
    ...others.flatMap((read) =>
      [forward, backward].map((each) => ({ ...each, update: false, read: false, reads: [read] })),
    ),
  ];
  return kinds.map((kind) => sweepPass(rule, { pre, post, ...kind }));
}

function print(modules: readonly KernelModule[], as: "loop" | "wat" | "c", io: Io): void {
  const [first, ...others] = modules;
  if (as === "c") io.stdout.write(printC(first!, ...others));
  else
    for (const module of modules)
      io.stdout.write(`${as === "wat" ? printWat(module) : printLoops(module)}\n`);
}
