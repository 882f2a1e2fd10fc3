import { codeOf } from "./exitCodes.js";
import type { Io } from "./io.js";
import { RunFolder } from "./runFolder.js";
import { shellWord } from "./shellWord.js";
import { shownOption } from "./shownOption.js";
import { oneLine } from "./terminalText.js";

/** Prints what a run folder holds: what was asked, how far it got, what came out, and its matrices. */
export function inspect(path: string, json: boolean, io: Io): number {
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
      ...statistics(data),
    })),
  };
  if (json) {
    io.stdout.write(`${JSON.stringify(about)}\n`);
    return codeOf("ok");
  }
  const line = (key: string, value: unknown) =>
    io.stdout.write(`  ${key.padEnd(18)}${oneLine(String(value))}\n`);
  io.stdout.write(
    `${path}: ${oneLine(config.experiment)}, ${about.episode} of ${Math.max(config.episodes, about.episode)} episodes\n`,
  );
  const { options, modules, moduleChanges, ...asked } = config;
  for (const [key, value] of Object.entries({ ...asked, ...options })) {
    if (value !== null) line(key, shownOption(value));
  }
  for (const [use, { path: module, files }] of Object.entries(modules)) {
    line(`${use} module`, `${module} (${Object.keys(files).length} files)`);
  }
  for (const { episode, module, files } of moduleChanges) {
    line(`${module} module`, `changed after episode ${episode}: ${files.join(", ")}`);
  }
  if (about.environment) section("environment", about.environment as object);
  const { result, episode } = about;
  const isOld = result !== null && result.trainedEpisodes !== episode;
  if (result) section(isOld ? `result of episode ${result.trainedEpisodes}` : "result", result.evaluation);
  if (isOld) io.stdout.write(`episode ${episode} is not tested yet\n`);
  if (!result || isOld || episode < config.episodes)
    io.stdout.write(`not finished; go on with: hebbian train --resume ${shellWord(path)}\n`);
  if (about.parameters.length > 0) io.stdout.write("parameters\n");
  for (const { name, shape, mean, std, least, greatest } of about.parameters) {
    const spread =
      std === 0 ? "" : `   std ${std.toPrecision(3)}   ${least.toPrecision(3)} to ${greatest.toPrecision(3)}`;
    line(name, `[${shape.join(", ")}]   mean ${mean.toPrecision(3)}${spread}`);
  }
  return codeOf("ok");

  function section(title: string, values: object): void {
    io.stdout.write(`${title}\n`);
    for (const [key, value] of Object.entries(values)) line(key, value);
  }
}

function statistics(data: ArrayLike<number>) {
  const values = Array.from(data);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const least = values.reduce((a, b) => Math.min(a, b));
  const greatest = values.reduce((a, b) => Math.max(a, b));
  return { mean, std: Math.sqrt(variance), least, greatest };
}
