import { codeOf } from "./exitCodes.js";
import { inspectModel } from "./inspectModel.js";
import type { Io } from "./io.js";
import { parameterRows, statisticsOf } from "./parameterRows.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import { oneLine } from "./terminalText.js";
import { textColumns } from "./textColumns.js";
import { isFolder } from "./trained.js";

/** Numbers and texts as they are, what is made of several as JSON. */
const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/**
 * Prints what a run folder holds: what was asked, how far it got, what came out, and its matrices; or what a model or
 * checkpoint file says. Throws a FileError or CheckpointError.
 */
export function inspect(path: string, json: boolean, io: Io): number {
  if (!isFolder(path)) return inspectModel(path, json, io);
  const folder = new RunFolder(path);
  const config = folder.readConfig();
  const saved = folder.readCheckpoint(io.stderr);
  const about = {
    config,
    environment: folder.readJson(folder.file.environment),
    episode: saved?.checkpoint.episode ?? 0,
    result: folder.readResult(),
    parameters: Object.entries(saved?.checkpoint.parameters ?? {}).map(([name, { shape, data }]) => ({
      name,
      shape,
      ...statisticsOf(data),
    })),
  };
  if (json) {
    io.stdout.write(`${JSON.stringify(about)}\n`);
    return codeOf("ok");
  }
  io.stdout.write(
    `${path}: ${oneLine(config.experiment)}, ${about.episode} of ${Math.max(config.episodes, about.episode)} episodes\n`,
  );
  const { options, earlierDevices, ...plain } = config;
  table(Object.entries({ ...plain, ...options }).filter(([, value]) => value !== null));
  for (const { untilEpisode, device, threads, lanes } of earlierDevices) {
    const vectors = lanes ? `, vectors of ${lanes}` : "";
    table([["earlier device", `${device}, threads ${threads}${vectors}, up to episode ${untilEpisode}`]]);
  }
  if (about.environment) section("environment", about.environment as object);
  const { result, episode } = about;
  const isOld = result !== null && result.trainedEpisodes !== episode;
  if (result) section(isOld ? `result of episode ${result.trainedEpisodes}` : "result", result.evaluation);
  if (isOld) io.stdout.write(`episode ${episode} is not tested yet\n`);
  if (!result || isOld || episode < config.episodes)
    io.stdout.write(`not finished; go on with: hebbian train --resume ${shellWord(path)}\n`);
  if (about.parameters.length > 0) {
    io.stdout.write(`parameters\n${textColumns(parameterRows(about.parameters))}`);
  }
  return codeOf("ok");

  function section(title: string, values: object): void {
    io.stdout.write(`${title}\n`);
    table(Object.entries(values));
  }

  function table(entries: readonly (readonly [string, unknown])[]): void {
    io.stdout.write(textColumns(entries.map(([key, value]) => [oneLine(key), oneLine(text(value))])));
  }
}
