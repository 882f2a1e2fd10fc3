import { readFileSync } from "node:fs";
import { deviceKinds } from "../../src/devices/kinds.js";
import * as z from "../../src/schema/index.js";
import { UsageError } from "../exitCodes.js";
import { explained } from "../files.js";

const value = z.unknown();

const fileSchema = z.strictObject({
  /** Name of an experiment, or the path of a module that exports one. */
  experiment: z.string().nullable().default(null),
  /** Options of all runs. */
  set: z.record(value).default({}),
  /** Options with the values that are tried, each with each. */
  over: z.record(z.array(value, 1)).default({}),
  /** Other options for each of some conditions, such as a rate of its own for every network; each with all of `over`. */
  conditions: z.array(z.record(value), 1).default([{}]),
  /** How many, from 0 on, or which. */
  seeds: z.unknown().default(null),
  episodes: z.int().min(0).nullable().default(null),
  data: z.string().nullable().default(null),
  device: z.enum(["auto", ...deviceKinds]).default("auto"),
});

/** What a sweep is to run. */
export interface SweepDefinition {
  readonly experiment: string;
  /** Options of each condition, as they were given. */
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
  readonly seeds: readonly number[];
  /** Null: as many as the experiment has. */
  readonly episodes: number | null;
  /** Null: the experiment's usual. */
  readonly data: string | null;
  readonly device: z.output<typeof fileSchema>["device"];
}

/** The flags of `sweep` that say what is run; they go before what a file says. */
export interface DefinitionFlags {
  readonly set?: readonly string[];
  readonly over?: readonly string[];
  readonly seeds?: string;
  readonly episodes?: number;
  readonly data?: string;
  readonly device?: SweepDefinition["device"];
}

/** `word`: an experiment, a module, or a JSON file that says what is to be run. Throws a UsageError or FileError. */
export function definitionOf(word: string, flags: DefinitionFlags): SweepDefinition {
  const file = word.endsWith(".json") ? readDefinition(word) : { ...fileSchema.parse({}), experiment: word };
  const { experiment } = file;
  if (experiment === null) {
    throw new UsageError(`${word}: experiment: expected a name, or the path of a module, got nothing`);
  }
  const set = { ...file.set, ...settings("set", flags.set) };
  const over = { ...file.over, ...lists(flags.over) };
  const conditions = file.conditions.flatMap((own) =>
    product(over).map((chosen) => ({ ...set, ...own, ...chosen })),
  );
  const { episodes = file.episodes, data = file.data, device = file.device } = flags;
  return {
    experiment,
    conditions,
    seeds: seedsOf(flags.seeds ?? file.seeds ?? 1),
    episodes,
    data,
    device,
  };
}

function readDefinition(path: string): z.output<typeof fileSchema> {
  const text = explained("read", path, () => readFileSync(path, "utf8"));
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`, { cause: error });
  }
  const checked = fileSchema.check(given);
  if ("value" in checked) return checked.value;
  const keys = Object.keys(fileSchema.shape).join(", ");
  const faults = checked.faults.map((fault) =>
    fault.unknownKeys ? `unknown: ${fault.unknownKeys.join(", ")}; there are ${keys}` : z.faultText(fault),
  );
  throw new UsageError(`${path}: ${faults.join("; ")}`);
}

function settings(flag: string, given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf("=");
      if (at >= 1 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
      throw new UsageError(`--${flag}: expected key=value, got "${text}"; for example --${flag} lr=0.001`);
    }),
  );
}

/** `lr=1e-3,3e-4` as a list of values. */
const lists = (given: readonly string[] = []): Record<string, string[]> =>
  Object.fromEntries(Object.entries(settings("over", given)).map(([key, text]) => [key, text.split(",")]));

/** Each value with each of the others. */
function product(over: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  return Object.entries(over).reduce<Record<string, unknown>[]>(
    (chosen, [key, values]) => chosen.flatMap((before) => values.map((each) => ({ ...before, [key]: each }))),
    [{}],
  );
}

const MOST_SEEDS = 100_000;

/** "5": 0 to 4; "3..7": these; "0,2,9": these. From a file also a number, or a list of numbers. */
export function seedsOf(given: unknown): number[] {
  const fault = () =>
    new UsageError(
      `seeds: expected how many (5), a range (3..7) or a list (0,2,9), got ${JSON.stringify(given)}`,
    );
  const whole = (each: unknown): number => {
    const number = typeof each === "string" && each.trim() !== "" ? Number(each) : each;
    if (!Number.isSafeInteger(number)) throw fault();
    return number as number;
  };
  const range = (from: number, to: number): number[] => {
    if (to < from || to - from >= MOST_SEEDS) throw fault();
    return Array.from({ length: to - from + 1 }, (_, k) => from + k);
  };
  const list = Array.isArray(given) ? given : String(given).includes(",") ? String(given).split(",") : null;
  if (list) {
    const seeds = list.map(whole);
    if (seeds.length === 0 || new Set(seeds).size < seeds.length) throw fault();
    return seeds;
  }
  const ends = String(given).split("..");
  return ends.length === 2 ? range(whole(ends[0]), whole(ends[1])) : range(0, whole(given) - 1);
}
