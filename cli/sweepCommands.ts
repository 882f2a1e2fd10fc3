import { type Command, Option } from "commander";
import type { Ending } from "./ending.js";
import { UsageError } from "./exitCodes.js";
import { dataFlag, deviceFlags, jsonFlag, setFlag, wholeNumber } from "./flags.js";
import type { ReproduceFlags } from "./reproduce/reproduce.js";
import type { WorkFlags } from "./sweep/nats/work.js";
import type { SweepFlags } from "./sweep/sweep.js";

/** Commands that train many networks: `sweep`, `work`, `reproduce`. What carries them out is loaded only then. */
export function addSweepCommands(program: Command, { io, exit }: Ending): void {
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
