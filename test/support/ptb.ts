import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { dataFolders, folderWith } from "../../cli/dataFolders.js";

const file = (part: string): string => `ptb/ptb.${part}.txt.gz`;
const folder = folderWith(["train", "valid", "test"].map(file), dataFolders());
if (folder === undefined) console.log("The Penn Treebank is not here: set HEBBIAN_DATA to test reading it");

/** The text of the Penn Treebank, where it is here; undefined elsewhere, which says so once. */
export const ptbText: ((part: "train" | "valid" | "test") => string) | undefined =
  folder === undefined
    ? undefined
    : (part) => gunzipSync(readFileSync(join(folder, file(part)))).toString("utf8");
