import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadOmniglot } from "../../cli/characters.js";
import { dataFolders, folderWith } from "../../cli/dataFolders.js";

const cache = mkdtempSync(join(tmpdir(), "hebbian-omniglot-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const archives = ["omniglot/images_background.zip", "omniglot/images_evaluation.zip"];
const folder = folderWith(archives, dataFolders());
if (!folder) console.log("Omniglot is not here: set HEBBIAN_DATA to test reading it");
test.runIf(folder)(
  "the real Omniglot has 30 and 20 alphabets, 964 and 659 characters",
  { timeout: 60_000 },
  () => {
    const { train, test } = loadOmniglot([folder!], cache);
    expect([train.alphabets.length, test.alphabets.length]).toEqual([30, 20]);
    expect([train.characters, test.characters]).toEqual([964, 659]);
    expect(existsSync(cache)).toBe(true);
  },
);
