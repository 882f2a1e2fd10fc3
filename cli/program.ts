import { Command, CommanderError } from "commander";
import { version } from "../src/training/index.js";
import { checkCommand, fetchCommand } from "./dataCommand.js";
import { dataSets } from "./dataSets.js";
import { expectNoEmptyPath } from "./emptyPaths.js";
import type { Ending } from "./ending.js";
import { codeOf, EXIT_CODES_HELP, exitCodeOf, explain } from "./exitCodes.js";
import { jsonFlag } from "./flags.js";
import { coloursFor, expectDelivered, guarded, type Io } from "./io.js";
import { type KernelsFlags, kernelsFlags } from "./kernelsFlags.js";
import { list } from "./list.js";
import { newProject } from "./newProject/newProject.js";
import { withRunsExperiment } from "./resumedCommand.js";
import { addSweepCommands } from "./sweepCommands.js";
import { addTrain, type NamedModule, namedModule } from "./trainCommand.js";
import { addTrainedCommands } from "./trainedCommands.js";

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
  const ending: Ending = {
    ...{ io, exit },
    async answer(code) {
      exit(await code);
      await expectDelivered(io);
    },
  };
  const { answer } = ending;
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

  addSweepCommands(program, ending);
  addTrainedCommands(program, ending);

  const kernelsCommand = program
    .command("kernels")
    .description("print what is computed for a rule, or for an experiment, as the engine runs it")
    .argument("<rule or experiment>", "such as oja, or patterns; or the path of a module that exports one");
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
