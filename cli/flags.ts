import { type Command, InvalidArgumentError, Option } from "commander";
import { mostThreads } from "../src/devices/cores.js";
import type { InitOptions } from "../src/devices/init.js";
import { deviceKinds } from "../src/devices/kinds.js";
import {
  describeOptions,
  type Experiment,
  type OptionDescription,
  OptionsError,
} from "../src/training/index.js";
import { UsageError } from "./exitCodes.js";

/** The flags that choose a device; absent where not given. */
export interface DeviceFlags {
  readonly device?: InitOptions["device"];
  readonly threads?: number;
  /** Bytes. */
  readonly memory?: number;
}

/** A whole number from the command line, in a range whose upper end may be left open. */
export const wholeNumber =
  (least: number, most = Infinity) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range =
      most < Infinity ? ` from ${least} to ${most}` : least > -Infinity ? ` of at least ${least}` : "";
    throw new InvalidArgumentError(`Expected a whole number${range}.`);
  };

/** A number from the command line; a share is written as one, not in percent. */
export function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  const percent = /^\s*(-?\d+(?:\.\d+)?)\s*%\s*$/.exec(text)?.[1];
  const cure = percent === undefined ? "" : `; ${percent} % is ${Number(percent) / 100}`;
  throw new InvalidArgumentError(`Expected a number${cure}.`);
}

export const seedFlag = (): Option =>
  new Option("--seed <number>", "of all random numbers (default: 0)").argParser(wholeNumber(-Infinity));

const UNITS = { MB: 1e6, GB: 1e9 };

/** "400MB" or "1.5 GB" in bytes. */
function memorySize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(MB|GB)$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * UNITS[unit?.toUpperCase() as keyof typeof UNITS]);
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError("Expected a size such as 400MB or 1.5GB.");
}

export const deviceFlags = (): Option[] => [
  new Option("--device <kind>", "what computes (default: auto)").choices(["auto", ...deviceKinds]),
  new Option("--threads <number>", "threads to compute with (default: one for each core)").argParser(
    wholeNumber(1, mostThreads()),
  ),
  new Option(
    "--memory <size>",
    "the most memory to take, such as 400MB or 2GB; what needs more is refused (default: 4 GiB; native: all there is)",
  ).argParser(memorySize),
];

/** What `deviceFlags` say, as `init` wants it. */
export const deviceOf = ({ device, threads, memory }: DeviceFlags): InitOptions => ({
  device,
  threads,
  memoryLimit: memory,
});

const dataWords = {
  pictures: "cifar, procedural, or a folder of PNG files (default: cifar)",
  characters: "omniglot, synthetic, or a folder of Omniglot's (default: omniglot)",
} as const;

/** Of one experiment or of any; not shown for one that makes its own data, which says so if it is given. */
export function dataFlag(experiment?: Experiment): Option {
  const { pictures, characters } = dataWords;
  const kind = experiment?.needsImages;
  const words = kind ? dataWords[kind] : `pictures: ${pictures}; characters: ${characters}`;
  return new Option("--data <source>", words).hideHelp(kind === false);
}

export const jsonFlag = (): Option => new Option("--json", "print JSON instead of text");

const flagName = (option: string): string => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Adds one flag for every option of an experiment, and `--set key=value`, which says the same. */
export function addExperimentFlags(command: Command, experiment: Experiment): Command {
  for (const option of describeOptions(experiment)) {
    const placeholder = option.type === "choice" ? "<name>" : "<number>";
    const flag = new Option(
      `--${flagName(option.name)} ${placeholder}`,
      `${option.description} (default: ${option.default})`,
    );
    if (option.choices) flag.choices([...option.choices]);
    command.addOption(flag);
  }
  return command.addOption(setFlag());
}

export const setFlag = (): Option =>
  new Option("--set <key=value>", "set an option of the experiment; may be repeated").argParser(
    (text: string, before: string[] = []) => [...before, text],
  );

/**
 * The experiment's options that were given as flags or by --set, unchecked but of the right type.
 * Throws a UsageError or OptionsError for a --set that cannot be read.
 */
export function givenOptions(
  experiment: Experiment,
  flags: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const options = describeOptions(experiment);
  const given: Record<string, unknown> = {};
  for (const option of options) {
    const text = flags[option.name];
    if (typeof text === "string") given[option.name] = typed(option, text);
  }
  for (const setting of (flags.set as string[] | undefined) ?? []) {
    const at = setting.indexOf("=");
    if (at < 1)
      throw new UsageError(
        `--set: expected key=value, got "${setting}"; for example --set ${options[0]!.name}=${options[0]!.default}`,
      );
    const key = setting.slice(0, at);
    const option = options.find(({ name }) => name === key);
    if (!option) {
      throw new OptionsError(
        `--set: ${experiment.name} has no option "${key}"; it has ${options.map(({ name }) => name).join(", ")}`,
      );
    }
    given[key] = typed(option, setting.slice(at + 1));
  }
  return given;
}

function typed({ name, type }: OptionDescription, text: string): unknown {
  if (type === "choice") return text;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new UsageError(`${name}: expected a number, got "${text}"`);
}
