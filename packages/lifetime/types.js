import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { generateDtsBundle } from "dts-bundle-generator";

/**
 * Writes the declarations of a module, and of all that they are made of, to one file.
 * @param {string} from a .d.ts file
 * @param {string} to
 */
export function bundledTypes(from, to) {
  const [text] = generateDtsBundle(
    [{ filePath: from, output: { exportReferencedTypes: false, noBanner: true } }],
    { preferredConfigPath: undefined },
  );
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
}
