import { Command, Option } from "commander";
import { experiments } from "../src/experiments/index.js";
import type { Experiment } from "../src/training/index.js";
import { UsageError } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import {
  addExperimentFlags,
  dataFlag,
  deviceFlags,
  jsonFlag,
  seedFlag,
  setFlag,
  wholeNumber,
} from "./flags.js";
import { allowFlag } from "./goingOn.js";
import type { Io } from "./io.js";
import { isModulePath } from "./ownModules/moduleFiles.js";
import { loadExperiment, type OwnExperiment } from "./ownModules/ownExperiment.js";
import { train } from "./train.js";
import { freshPlan, resumedPlan, type TrainFlags } from "./trainingPlan.js";

/** An experiment of somebody's own, under the word of the command line that names its module. */
export interface NamedModule extends OwnExperiment {
  readonly word: string;
}

/** The module that a `train` command names, loaded; null where it names none. Throws a ModuleError. */
export async function namedModule(argv: readonly string[]): Promise<NamedModule | null> {
  const [first, ...rest] = argv;
  if (first !== "train") return null;
  const { options } = addTrainFlags(new Command()).addOption(setFlag()).addOption(resumeFlag());
  let at = 0;
  while (rest[at]?.startsWith("-")) {
    const flag = options.find(({ long, short }) => [long, short].includes(rest[at]!));
    // One that is not known, as those of an experiment, has a value too.
    const hasValue = flag ? flag.required : !/^--?h(elp)?$|=/.test(rest[at]!);
    at += hasValue ? 2 : 1;
  }
  const word = rest[at];
  return word !== undefined && isModulePath(word) ? { word, ...(await loadExperiment(word)) } : null;
}

const resumeFlag = () =>
  new Option("--resume <folder>", "go on with the run in a folder, exactly as it began");

/** `train`, with a subcommand for each experiment, whose options are its flags. */
export function addTrain(
  program: Command,
  own: NamedModule | null,
  io: Io,
  exit: (code: number) => void,
): void {
  const command = program
    .command("train")
    .description("train an experiment, then test it and draw figures")
    .usage("<experiment or module> [options], or --resume <folder>")
    .enablePositionalOptions()
    .argument(
      "[experiment]",
      `${Object.keys(experiments).join(", ")}; or the path of a module that exports one`,
    )
    .addOption(setFlag())
    .action(async (name: string | undefined, flags: TrainFlags) => {
      if (name !== undefined) experimentNamed(name);
      if (flags.resume === undefined) {
        throw new UsageError(
          `train: which experiment? One of ${Object.keys(experiments).join(", ")}, or the path of a module that exports one`,
        );
      }
      exit(await train(await resumedPlan(flags.resume, null, flags), Boolean(flags.json), io));
    });
  addTrainFlags(command.addOption(resumeFlag()));
  const ours = Object.values(experiments).map((experiment) => ({
    word: experiment.name,
    experiment,
    module: null,
  }));
  for (const { word, experiment, module } of own ? [...ours, own] : ours) {
    const chosen = { experiment, module };
    const subcommand = inheriting(command, word)
      .description(experiment.title)
      .addOption(resumeFlag())
      .action(async () => {
        const flags = flagsOf(subcommand);
        const plan = await (flags.resume === undefined
          ? freshPlan(chosen, flags)
          : resumedPlan(flags.resume, chosen, flags));
        exit(await train(plan, Boolean(flags.json), io));
      });
    addExperimentFlags(addTrainFlags(subcommand, experiment), experiment);
    const about = { Expected: experiment.expected, Source: experiment.source };
    const lines = Object.entries(about).flatMap(([key, text]) => (text === "" ? [] : `${key}: ${text}`));
    if (lines.length > 0) subcommand.addHelpText("after", `\n${lines.join("\n")}`);
  }
}

/** A subcommand of any name: a path may have spaces in it. */
function inheriting(command: Command, name: string): Command {
  const subcommand = new Command(name).copyInheritedSettings(command);
  command.addCommand(subcommand);
  return subcommand;
}

/** The flags of `train <experiment>`: those after the experiment's name, and those before it, which mean the same. */
function flagsOf(own: Command): TrainFlags {
  const given = (command: Command) =>
    Object.entries(command.opts()).filter(([key]) => command.getOptionValueSource(key) === "cli");
  const [before, after] = [own.parent!, own].map(given);
  const set = [...before!, ...after!].flatMap(([key, value]) => (key === "set" ? value : []));
  return Object.fromEntries([...before!, ...after!, ...(set.length > 0 ? [["set", set]] : [])]);
}

/** `experiment`: whose flags they are, where there is one. */
function addTrainFlags(command: Command, experiment?: Experiment): Command {
  command
    .option(
      "--out <folder>",
      "new folder for the run (default: runs/<experiment>-seed<seed>, or the next free number)",
    )
    .option("--episodes <number>", "training episodes in all", wholeNumber(0))
    .option(
      "--checkpoint-every <number>",
      "episodes between checkpoints, up to the end of their batch (default: 100, or a 200th of --episodes if that is more)",
      wholeNumber(1),
    )
    .addOption(seedFlag())
    .addOption(dataFlag(experiment))
    .addOption(jsonFlag())
    .option("--tensorboard", "also write an event file that TensorBoard reads: tensorboard --logdir runs")
    .option("--no-figures", "draw no figures at the end")
    .option(
      "--allow-changed-module",
      "with --resume: go on although a module of your own is another than it was; the run notes it",
    );
  for (const flag of deviceFlags()) command.addOption(flag);
  command.option(
    allowFlag,
    "with --resume: go on on another device, with other threads or wider vectors; the bits will differ",
  );
  return command;
}
