import { Argument, Command, CommanderError, Option } from "commander";
import { experiments } from "../src/experiments/index.js";
import { type Experiment, version } from "../src/training/index.js";
import { type CompareFlags, compare } from "./compare.js";
import { checkCommand, fetchCommand } from "./dataCommand.js";
import { dataSets } from "./dataSets.js";
import { type EvaluateFlags, evaluate } from "./evaluate.js";
import { codeOf, EXIT_CODES_HELP, exitCodeOf, explain, UsageError } from "./exitCodes.js";
import { experimentNamed } from "./experimentNamed.js";
import { exportModel } from "./exportModel.js";
import {
  addExperimentFlags,
  anyNumber,
  dataFlag,
  deviceFlags,
  jsonFlag,
  seedFlag,
  setFlag,
  wholeNumber,
} from "./flags.js";
import { allowFlag } from "./goingOn.js";
import { inspect } from "./inspect.js";
import { coloursFor, expectDelivered, guarded, type Io } from "./io.js";
import { type KernelsFlags, kernelsFlags } from "./kernelsFlags.js";
import { list } from "./list.js";
import { namedModel } from "./namedModel.js";
import { withRunsExperiment } from "./resumedCommand.js";
import { train } from "./train.js";
import { freshPlan, resumedPlan, type TrainFlags } from "./trainingPlan.js";
import { type WatchFlags, watch } from "./watch.js";

/** Runs the command line; returns the exit code. Nothing is thrown: what went wrong is one line on stderr. */
export async function main(argv: readonly string[], world: Io): Promise<number> {
  const io = guarded(world);
  let code = codeOf("ok");
  const program = commands(io, (exit) => {
    code = exit;
  });
  try {
    try {
      await program.parseAsync(withRunsExperiment(argv), { from: "user" });
    } catch (error) {
      if (exitCodeOf(error) !== codeOf("ok")) throw error;
      // --help and --version end so.
      await expectDelivered(io);
    }
    return code;
  } catch (error) {
    const isBareCall = error instanceof CommanderError && error.code === "commander.help";
    if (!isBareCall) {
      const { red } = coloursFor(io.stderr, io.env);
      io.stderr.write(`${red("error:")} ${explain(error, Boolean(io.env.HEBBIAN_DEBUG))}\n`);
    }
    return exitCodeOf(error);
  }
}

function commands(io: Io, exit: (code: number) => void): Command {
  /** Of commands that only print: what they print must arrive. */
  const answer = async (code: number | Promise<number>) => {
    exit(await code);
    await expectDelivered(io);
  };
  const program = new Command("hebbian")
    .description("Trains neural networks whose connections keep learning: differentiable plasticity")
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => (io.stdout.isTTY ? io.stdout.columns! : 80),
      getErrHelpWidth: () => (io.stderr.isTTY ? io.stderr.columns! : 80),
      // `main` prints errors, in one line.
      outputError: () => {},
    })
    .addHelpText("after", `\nA first run: hebbian train patterns\n\n${EXIT_CODES_HELP}`);

  program
    .command("list")
    .description("list the experiments")
    .addOption(jsonFlag())
    .action(({ json }) => answer(list(Boolean(json), io)));

  addTrain(program, io, exit);

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
    .addOption(new Option("--episode <number>", "which test episode").argParser(wholeNumber(0)).default(0))
    .addOption(new Option("--speed <number>", "steps per second").argParser(wholeNumber(1)).default(10))
    .action(async (path: string, flags: WatchFlags) => answer(watch(path, flags, io)));
  for (const flag of deviceFlags()) watchCommand.addOption(flag);

  program
    .command("inspect")
    .description("show what a run folder or a model file holds")
    .argument("<run>", "run folder, or model file")
    .addOption(jsonFlag())
    .action((path: string, { json }) => answer(inspect(path, Boolean(json), io)));

  program
    .command("compare")
    .description("compare runs of one experiment: curves in one figure, results in one table")
    .argument("<runs...>", "run folders; those that differ only in their seed are joined")
    .option("--out <folder>", "where to leave the figure, and its numbers as JSON and CSV")
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
    .action((path: string, file: string, { float16, int8 }) =>
      exit(exportModel(path, file, int8 ? "int8" : float16 ? "float16" : "float32", io)),
    );

  const kernelsCommand = program
    .command("kernels")
    .description("print what is computed for a rule, or for an experiment, as the engine runs it")
    .argument("<rule or experiment>", "such as oja, or patterns");
  for (const flag of kernelsFlags()) kernelsCommand.addOption(flag);
  kernelsCommand.action(async (name: string, flags: KernelsFlags) => {
    // Loaded only now: no other command's start needs the engine.
    const { kernels } = await import("./kernels.js");
    return answer(kernels(name, flags, io));
  });

  const sets = dataSets.map(({ name }) => name).join(", ");
  const data = program.command("data").description("data sets of the papers");
  data
    .command("fetch")
    .description("download a data set from where its authors publish it")
    .argument("<set>", sets)
    .action(async (name: string) => exit(await fetchCommand(name, io)));
  data
    .command("check")
    .description("compare a data set with its checksums")
    .argument("<set>", sets)
    .action((name: string) => answer(checkCommand(name, io)));
  return program;
}

const trainedArgument = () =>
  new Argument("<run>", "run folder, model file, or hebbian/NAME of the package hebbian-models").argParser(
    (text) => namedModel(text),
  );

function addTrain(program: Command, io: Io, exit: (code: number) => void): void {
  const resume = () => new Option("--resume <folder>", "go on with the run in a folder, exactly as it began");
  const command = program
    .command("train")
    .description("train an experiment, then test it and draw figures")
    .usage("<experiment> [options], or --resume <folder>")
    .enablePositionalOptions()
    .argument("[experiment]", Object.keys(experiments).join(", "))
    .addOption(setFlag())
    .action(async (name: string | undefined, flags: TrainFlags) => {
      if (name !== undefined) experimentNamed(name);
      if (flags.resume === undefined) {
        throw new UsageError(`train: which experiment? One of ${Object.keys(experiments).join(", ")}`);
      }
      exit(await train(resumedPlan(flags.resume, null, flags), Boolean(flags.json), io));
    });
  addTrainFlags(command.addOption(resume()));
  for (const experiment of Object.values(experiments)) {
    const own = command
      .command(experiment.name)
      .description(experiment.title)
      .addOption(resume())
      .action(async () => {
        const flags = flagsOf(own);
        const plan =
          flags.resume === undefined
            ? freshPlan(experiment, flags)
            : resumedPlan(flags.resume, experiment, flags);
        exit(await train(plan, Boolean(flags.json), io));
      });
    addExperimentFlags(addTrainFlags(own, experiment), experiment);
    own.addHelpText("after", `\nExpected: ${experiment.expected}\nSource: ${experiment.source}`);
  }
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
    .option("--no-figures", "draw no figures at the end");
  for (const flag of deviceFlags()) command.addOption(flag);
  command.option(
    allowFlag,
    "with --resume: go on on another device, with other threads or wider vectors; the bits will differ",
  );
  return command;
}
