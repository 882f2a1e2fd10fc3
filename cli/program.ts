import { Argument, Command, CommanderError, Option } from "commander";
import { version } from "../src/training/index.js";
import { type CompareFlags, compare } from "./compare.js";
import { checkCommand, fetchCommand } from "./dataCommand.js";
import { dataSets } from "./dataSets.js";
import { expectNoEmptyPath } from "./emptyPaths.js";
import { type EvaluateFlags, evaluate } from "./evaluate.js";
import { codeOf, EXIT_CODES_HELP, exitCodeOf, explain, UsageError } from "./exitCodes.js";
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
import { coloursFor, expectDelivered, guarded, type Io } from "./io.js";
import { type KernelsFlags, kernelsFlags } from "./kernelsFlags.js";
import { list } from "./list.js";
import { namedModel } from "./namedModel.js";
import { newProject } from "./newProject/newProject.js";
import type { ReproduceFlags } from "./reproduce/reproduce.js";
import { withRunsExperiment } from "./resumedCommand.js";
import type { WorkFlags } from "./sweep/nats/work.js";
import type { SweepFlags } from "./sweep/sweep.js";
import { addTrain, type NamedModule, namedModule } from "./trainCommand.js";
import { type WatchFlags, watch } from "./watch.js";

/** Runs the command line; returns the exit code. Nothing is thrown: what went wrong is one line on stderr. */
export async function main(argv: readonly string[], world: Io): Promise<number> {
  const io = guarded(world);
  let code = codeOf("ok");
  try {
    // Its options are flags like any others, so it is loaded before they are read.
    const words = withRunsExperiment(argv);
    const own = await namedModule(words);
    const program = commands(io, own, (exit) => {
      code = exit;
    });
    try {
      await program.parseAsync(words, { from: "user" });
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

function commands(io: Io, own: NamedModule | null, exit: (code: number) => void): Command {
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
    .hook("preAction", (_, command) => expectNoEmptyPath(command))
    .addHelpText("after", `\nA first run: hebbian train patterns\n\n${EXIT_CODES_HELP}`);

  program
    .command("list")
    .description("list the experiments")
    .addOption(jsonFlag())
    .action(({ json }) => answer(list(Boolean(json), io)));

  program
    .command("new")
    .description("write a small project with an experiment, a rule and a test of your own")
    .argument("<folder>", "new or empty folder")
    .action((folder: string) => answer(newProject(folder, io)));

  addTrain(program, own, io, exit);

  const sweepCommand = program
    .command("sweep")
    .description(
      "train an experiment with every choice of some options and several seeds, as many runs at once as there are cores",
    )
    .argument(
      "<experiment>",
      "its name, the path of a module that exports one, or a JSON file that says what to run",
    )
    .addOption(
      new Option(
        "--over <key=values>",
        "an option and the values to try, such as lr=1e-3,3e-4; may be repeated",
      ).argParser((text: string, before: string[] = []) => [...before, text]),
    )
    .addOption(setFlag())
    .option("--seeds <seeds>", "how many (5), a range (3..7) or a list (0,2,9) (default: 1)")
    .option("--episodes <number>", "training episodes of each run", wholeNumber(0))
    .addOption(dataFlag())
    .addOption(deviceFlags()[0]!)
    .option(
      "--workers <number>",
      "runs at work at once, on one thread each (default: one for each core)",
      wholeNumber(1, 1024),
    )
    .option("--out <folder>", "the sweep's folder; what is done in it stays (default: sweeps/<experiment>)")
    .option(
      "--nats <url>",
      "have the workers of a NATS server carry it out, such as nats://host:4222: see hebbian work",
    )
    .option(
      "--slurm",
      "have a Slurm cluster carry it out, as tasks of arrays; its nodes must see the sweep's folder",
    )
    .addOption(
      new Option(
        "--slurm-option <name=value>",
        "an option of sbatch, such as partition=long; may be repeated",
      ).argParser((text: string, before: string[] = []) => [...before, text]),
    )
    .addOption(jsonFlag())
    .action(async (word: string, flags: SweepFlags) => {
      const { sweep } = await import("./sweep/sweep.js");
      exit(await sweep(word, flags, io));
    });
  for (const flag of natsFlags()) sweepCommand.addOption(flag);

  const workCommand = program
    .command("work")
    .description("carry out the runs of sweeps that are given to a NATS server")
    .option("--nats <url>", "the server, such as nats://host:4222; it needs JetStream")
    .addOption(new Option("--slurm <list>", "what sweep --slurm has tasks of its arrays do").hideHelp())
    .addOption(
      new Option("--workers <number>", "runs at once, on one thread each")
        .argParser(wholeNumber(1, 1024))
        .default(1),
    )
    .option("--out <folder>", "where runs lie while they are at work", "work")
    .action(async ({ slurm, nats, ...flags }: Partial<WorkFlags> & { slurm?: string }) => {
      if (slurm !== undefined) {
        const { workOnTask } = await import("./sweep/slurm/work.js");
        return exit(await workOnTask(slurm, io));
      }
      if (nats === undefined) throw new UsageError("work: name the server with --nats nats://host:4222");
      const { work } = await import("./sweep/nats/work.js");
      exit(await work({ ...flags, nats } as WorkFlags, io));
    });
  for (const flag of natsFlags()) workCommand.addOption(flag);

  program
    .command("reproduce")
    .description("run what figures of the papers need, judge it, and write it down; what there is is used")
    .argument("[figure]", "its name, or all", "all")
    .addOption(
      new Option("--scale <scale>", "small: what an evening allows; paper: as published")
        .choices(["small", "paper"])
        .default("small"),
    )
    .option("--seeds <number>", "of each network (default: the figure's)", wholeNumber(1, 1000))
    .option("--plan", "run nothing: say what there is, what remains, and how long it will take")
    .option(
      "--page <file>",
      "write a page about it, such as docs/reproduction.md, with figures and numbers beside it",
    )
    .option("--out <folder>", "where the runs are", "reproduction")
    .option("--workers <number>", "runs at work at once (default: one for each core)", wholeNumber(1, 1024))
    .addOption(deviceFlags()[0]!.default("auto", "auto"))
    .addOption(jsonFlag())
    .action(async (name: string, flags: ReproduceFlags) => {
      const { reproduce } = await import("./reproduce/reproduce.js");
      exit(await reproduce(name, flags, io));
    });

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

/** How a NATS server lets us in, beyond its address. */
const natsFlags = (): Option[] => [
  new Option("--nats-creds <file>", "credentials for the server, as nsc writes them"),
  new Option(
    "--nats-ca <file>",
    "the authority of the server's certificate, where it is none of the public ones",
  ),
  new Option("--nats-cert <file>", "our certificate, for a server that wants one"),
  new Option("--nats-key <file>", "and its key"),
  new Option(
    "--lease <seconds>",
    "silence after which a worker's job is given to another (default: 30)",
  ).argParser(wholeNumber(1, 86_400)),
];

const trainedArgument = () =>
  new Argument("<run>", "run folder, model file, or hebbian/NAME of the package hebbian-models").argParser(
    (text) => namedModel(text),
  );
