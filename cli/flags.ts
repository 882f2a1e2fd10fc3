import { type Command, InvalidArgumentError, Option } from "commander";
import { mostThreads } from "../src/devices/cores.js";
import type { InitOptions } from "../src/devices/init.js";
import { deviceKinds } from "../src/devices/kinds.js";
import { didYouMean } from "../src/formulas/errors.js";
import {
  describeOptions,
  type Experiment,
  ExperimentError,
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
  text: "ptb, synthetic, a folder with train.txt, valid.txt and test.txt, or a text file (default: ptb)",
} as const;

/** Of one experiment or of any; not shown for one that makes its own data, which says so if it is given. */
export function dataFlag(experiment?: Experiment): Option {
  const { pictures, characters, text } = dataWords;
  const kind = experiment?.needsImages;
  const words = kind ? dataWords[kind] : `pictures: ${pictures}; characters: ${characters}; text: ${text}`;
  return new Option("--data <source>", words).hideHelp(kind === false);
}

export const experimentFlag = (): Option =>
  new Option(
    "--experiment <module>",
    "of an experiment of your own: where its module lies, if not where it lay",
  );

export const jsonFlag = (): Option => new Option("--json", "print JSON instead of text");

const flagName = (option: string): string => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Adds one flag for every option of an experiment, and `--set key=value`, which says the same. */
export function addExperimentFlags(command: Command, experiment: Experiment): Command {
  for (const option of describeOptions(experiment)) {
    const placeholder = {
      choice: "<name>",
      rule: "<name or module>",
      number: "<number>",
      integer: "<number>",
    };
    const flag = new Option(
      `--${flagName(option.name)} ${placeholder[option.type]}`,
      `${option.description}${ruleWords(option)} (default: ${option.default})`,
    );
    expectUnused(command, flag, option.name);
    if (option.type === "choice" && option.choices) flag.choices([...option.choices]);
    command.addOption(flag);
  }
  if (experiment.presets) command.addOption(presetFlag(experiment.presets));
  return command.addOption(setFlag());
}

const ruleWords = ({ type, choices }: OptionDescription): string =>
  type === "rule" ? `: ${choices!.join(", ")}, or the path of a module that exports one` : "";

/** Throws an ExperimentError for an option that is called as a flag of every command is. */
function expectUnused(command: Command, flag: Option, name: string): void {
  const taken = command.options.some(({ long }) => long === flag.long) || flag.long === "--help";
  if (!taken && flag.long !== "--set") return;
  throw new ExperimentError(
    `option ${name}: the command line has a flag ${flag.long} already; choose another name`,
  );
}

/** Options that belong together; those given beside it come on top. */
const presetFlag = (presets: NonNullable<Experiment["presets"]>): Option =>
  new Option("--preset <name>", "sets several of these options at once; those given beside it count").choices(
    Object.keys(presets),
  );

export const setFlag = (): Option =>
  new Option("--set <key=value>", "set an option of the experiment; may be repeated").argParser(
    (text: string, before: string[] = []) => [...before, text],
  );

/**
 * The experiment's options that were given as flags, by --set or by a preset's name, unchecked but of the right type.
 * Throws a UsageError or OptionsError for a --set that cannot be read.
 */
export function givenOptions(
  experiment: Experiment,
  flags: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const options = describeOptions(experiment);
  const { preset } = flags;
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
      const names = options.map(({ name }) => name);
      throw new OptionsError(
        `--set: ${experiment.name} has no option "${key}"; it has ${names.join(", ")}${didYouMean(key, names)}`,
      );
    }
    const value = typed(option, setting.slice(at + 1));
    if (typeof flags[key] === "string" && given[key] !== value) {
      throw new UsageError(
        `${key}: --${flagName(key)} says ${flags[key]} and --set ${value}; leave one of the two out`,
      );
    }
    given[key] = value;
  }
  return { ...(typeof preset === "string" && experiment.presets?.[preset]), ...given };
}

function typed({ name, type }: OptionDescription, text: string): unknown {
  if (type === "choice" || type === "rule") return text;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new UsageError(`${name}: expected a number, got "${text}"`);
}
