import { ARCHITECTURE_KEY, readSafetensors } from "../src/models/index.js";
import { decodeModel } from "../src/training/index.js";
import { codeOf } from "./exitCodes.js";
import type { Io } from "./io.js";
import { parameterRows, statisticsOf } from "./parameterRows.js";
import { counted } from "./progress.js";
import { resultRows } from "./resultRows.js";
import { shellWord } from "./shellWord.js";
import { oneLine } from "./terminalText.js";
import { textColumns } from "./textColumns.js";
import { modelBytes } from "./trained.js";

/** What is told in another place, or is not for people. */
const UNLISTED = ["digest", "experiment", "options", "episode", "rules", "metrics", ARCHITECTURE_KEY];

/**
 * Prints what a model or checkpoint file says of its network: what was trained, how far and how well, its rules, its
 * parameters and in what precision they are kept. Throws a FileError or CheckpointError.
 */
export function inspectModel(path: string, json: boolean, io: Io): number {
  const bytes = modelBytes(path);
  const { notes, experiment, options, seed, episode, parameters } = decodeModel(bytes, path);
  const { tensors } = readSafetensors(bytes);
  const precisions = [...new Set([...tensors.values()].map(({ dtype }) => dtype))];
  const about = {
    ...{ experiment, options, seed, episode },
    bytes: bytes.length,
    precisions,
    notes: Object.fromEntries(Object.entries(notes).filter(([key]) => !UNLISTED.includes(key))),
    result: parsed(notes.metrics),
    rules: parsed(notes.rules) ?? {},
    parameters: Object.entries(parameters).map(([name, { shape, data }]) => ({
      name,
      shape,
      ...statisticsOf(data),
    })),
  };
  if (json) {
    io.stdout.write(`${JSON.stringify(about)}\n`);
    return codeOf("ok");
  }
  const table = (title: string, values: object) => {
    const rows = Object.entries(values).map(([key, value]) => [
      oneLine(key),
      oneLine(typeof value === "object" ? JSON.stringify(value) : String(value)),
    ]);
    if (rows.length > 0) io.stdout.write(`${title}${textColumns(rows)}`);
  };
  io.stdout.write(
    `${path}: ${oneLine(experiment)}, ${counted(episode, "training episode")}, ${bytes.length} bytes (${precisions.join(", ")})\n`,
  );
  table("", { ...about.notes, ...options });
  if (about.result === null) io.stdout.write("not tested yet\n");
  else io.stdout.write(`result\n${textColumns(resultRows(about.result))}`);
  table(
    "rules\n",
    Object.fromEntries(Object.entries(about.rules).map(([connection, rule]) => [connection, ruleText(rule)])),
  );
  io.stdout.write(`parameters\n${textColumns(parameterRows(about.parameters))}`);
  io.stdout.write(`Test it: hebbian evaluate ${shellWord(path)}\n`);
  return codeOf("ok");
}

/** The object that a note of the file's own writing holds; null where there is none. */
function parsed(note: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(note ?? "null");
    return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A rule as its file tells it: its name, and its equations. */
function ruleText(rule: unknown): string {
  const { name, weight, update } = (rule ?? {}) as Record<string, unknown>;
  const updates = Object.entries((update ?? {}) as object).map(
    ([trace, formula]) => `${trace} <- ${formula}`,
  );
  return [`${name}: weight ${weight}`, ...updates].join("; ");
}
