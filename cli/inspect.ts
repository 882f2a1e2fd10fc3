import { codeOf } from "./exitCodes.js";
import { inspectModel } from "./inspectModel.js";
import type { Io } from "./io.js";
import { parameterRows, statisticsOf } from "./parameterRows.js";
import { counted } from "./progress.js";
import { resultRows } from "./resultRows.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import { shownOption } from "./shownOption.js";
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
  const { options, earlierDevices, modules, moduleChanges, ...plain } = config;
  const asked = Object.entries({ ...plain, ...options }).filter(([, value]) => value !== null);
  table([
    ...asked.map(([key, value]) => [key, shownOption(value)] as const),
    ...Object.entries(modules).map(
      ([use, { path: module, files }]) =>
        [`${use} module`, `${module} (${counted(Object.keys(files).length, "file")})`] as const,
    ),
    ...moduleChanges.map(
      ({ episode: since, module, files }) =>
        [`${module} module`, `changed after episode ${since}: ${files.join(", ")}`] as const,
    ),
    ...earlierDevices.map(({ untilEpisode, device, threads, lanes }) => {
      const vectors = lanes ? `, vectors of ${lanes}` : "";
      return [
        "earlier device",
        `${device}, ${counted(threads, "thread")}${vectors}, up to episode ${untilEpisode}`,
      ] as const;
    }),
  ]);
  if (about.environment) {
    io.stdout.write("environment\n");
    table(Object.entries(about.environment));
  }
  const { result, episode } = about;
  const isOld = result !== null && result.trainedEpisodes !== episode;
  if (result) {
    io.stdout.write(isOld ? `result of episode ${result.trainedEpisodes}\n` : "result\n");
    io.stdout.write(textColumns(resultRows(result.evaluation)));
  }
  if (isOld) io.stdout.write(`episode ${episode} is not tested yet\n`);
  if (!result || isOld || episode < config.episodes)
    io.stdout.write(`not finished; go on with: hebbian train --resume ${shellWord(path)}\n`);
  if (about.parameters.length > 0) {
    io.stdout.write(`parameters\n${textColumns(parameterRows(about.parameters))}`);
  }
  return codeOf("ok");

  function table(entries: readonly (readonly [string, unknown])[]): void {
    io.stdout.write(textColumns(entries.map(([key, value]) => [oneLine(key), oneLine(text(value))])));
  }
}
