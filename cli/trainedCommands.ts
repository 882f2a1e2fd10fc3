import { Argument, type Command, Option } from "commander";
import { type CompareFlags, compare } from "./compare.js";
import type { Ending } from "./ending.js";
import { type EvaluateFlags, evaluate } from "./evaluate.js";
import { type ExportFlags, exportModel } from "./exportModel.js";
import {
  anyNumber,
  dataFlag,
  deviceFlags,
  experimentFlag,
  jsonFlag,
  seedFlag,
  setFlag,
  wholeNumber,
} from "./flags.js";
import { inspect } from "./inspect.js";
import { namedModel } from "./namedModel.js";
import { type WatchFlags, watch } from "./watch.js";

/** Commands for what has been trained: `evaluate`, `watch`, `inspect`, `compare`, `export`, `compile`. */
export function addTrainedCommands(program: Command, { io, exit, answer }: Ending): void {
  const evaluateCommand = program
    .command("evaluate")
    .description("test a trained network on fresh episodes")
    .addArgument(trainedArgument())
    .addOption(seedFlag().argParser(wholeNumber(-Infinity)))
    .option("--episodes <number>", "test episodes", wholeNumber(1))
    .option("--figures <folder>", "where to draw what an agent does (default: the run's figures)")
    .option("--no-figures", "draw nothing")
    .option("--ways <number>", "classes of a test episode, of one-shot learning")
    .option("--shots <number>", "labelled drawings of each class, of one-shot learning")
    .option(
      "--protocol <names>",
      "of one-shot learning: disjoint (characters never seen), published (as the paper's program), or both: disjoint,published",
    )
    .addOption(experimentFlag())
    .addOption(setFlag())
    .addOption(dataFlag())
    .addOption(jsonFlag())
    .action(async (path: string, flags: EvaluateFlags) => answer(evaluate(path, flags, io)));
  for (const flag of deviceFlags()) evaluateCommand.addOption(flag);

  const watchCommand = program
    .command("watch")
    .description("play a test episode of an agent in the terminal")
    .addArgument(trainedArgument())
    .addOption(seedFlag().argParser(wholeNumber(-Infinity)))
    .addOption(experimentFlag())
    .addOption(new Option("--episode <number>", "which test episode").argParser(wholeNumber(0)).default(0))
    .addOption(new Option("--speed <number>", "steps per second").argParser(wholeNumber(1)).default(10))
    .action(async (path: string, flags: WatchFlags) => answer(watch(path, flags, io)));
  for (const flag of deviceFlags()) watchCommand.addOption(flag);

  program
    .command("inspect")
    .description("show what a run folder or a model file holds")
    .addArgument(trainedArgument())
    .addOption(jsonFlag())
    .action((path: string, { json }) => answer(inspect(path, Boolean(json), io)));

  program
    .command("compare")
    .description("compare runs of one experiment: curves in one figure, results in one table")
    .argument("<runs...>", "run folders, or a sweep's; those that differ only in their seed are joined")
    .option("--out <folder>", "where to leave the figure, and its numbers as JSON and CSV")
    .addOption(experimentFlag())
    .option("--no-figures", "leave the numbers alone there")
    .option(
      "--threshold <number>",
      "say when the mean of the metric in training reached this; 0.01 for 1 %",
      anyNumber,
    )
    .addOption(
      new Option("--window <number>", "episodes of that mean").argParser(wholeNumber(1)).default(1000),
    )
    .addOption(jsonFlag())
    .addOption(new Option("--csv", "print a table for spreadsheets and data frames").conflicts("json"))
    .action(async (paths: string[], flags: CompareFlags) => answer(compare(paths, flags, io)));

  program
    .command("export")
    .description("write a finished run's network to a safetensors file of its own")
    .addArgument(trainedArgument())
    .argument("<file>", "file to write")
    .addOption(new Option("--float16", "half precision, half the size").conflicts("int8"))
    .option("--int8", "matrices as 8-bit numbers with a scale for each column, a quarter of the size")
    .option("--ways <number>", "classes to tell apart, of one-shot learning", wholeNumber(2))
    .addOption(experimentFlag())
    .action(async (path: string, file: string, flags: ExportFlags) =>
      exit(await exportModel(path, file, flags, io)),
    );

  program
    .command("compile")
    .description("write a model's WebAssembly code ahead, for places where no code may be made")
    .addArgument(trainedArgument())
    .requiredOption("--out <file>", "file to write, such as model.wasm")
    .action(async (path: string, { out }: { out: string }) => {
      // Loaded only now: no other command's start needs the generator.
      const { compileCommand } = await import("./compileModel.js");
      exit(compileCommand(path, out, io));
    });
}

const trainedArgument = () =>
  new Argument("<run>", "run folder, model file, or hebbian/NAME of the package hebbian-models").argParser(
    (text) => namedModel(text),
  );
