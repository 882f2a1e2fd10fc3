import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { didYouMean } from "../src/formulas/errors.js";
import { DataError } from "./dataFolders.js";

const PREFIX = "hebbian/";
const PACKAGE = "hebbian-models";
const ENDING = ".safetensors";

/**
 * The file that a trained network of the package hebbian-models is in, `hebbian/images` say; any other text, and any that is
 * a path to something, is returned as it is. The package is looked for where each of `from` would find it.
 * @throws DataError if the package is not installed, or has no network of that name
 */
export function namedModel(
  text: string,
  from: readonly string[] = [join(process.cwd(), "any.js"), import.meta.url],
): string {
  if (!text.startsWith(PREFIX) || existsSync(text)) return text;
  const folder = from.map(packageFolder).find((found) => found !== null);
  if (folder == null) {
    throw new DataError(
      `${text}: the trained networks are a package of their own, which is not installed here; npm install ${PACKAGE}`,
    );
  }
  const name = text.slice(PREFIX.length);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length));
  if (names.includes(name)) return join(folder, name + ENDING);
  throw new DataError(
    `${text}: ${PACKAGE} has no such network; it has ${names.sort().join(", ")}${didYouMean(name, names)}`,
  );
}

function packageFolder(from: string): string | null {
  try {
    return dirname(createRequire(from).resolve(`${PACKAGE}/package.json`));
  } catch {
    return null;
  }
}
