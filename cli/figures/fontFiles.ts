import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const load = (file: string): Uint8Array =>
  readFileSync(createRequire(import.meta.url).resolve(`@expo-google-fonts/commissioner/${file}`));

/**
 * The figures' own font, so that a PNG looks the same on every machine: Commissioner (SIL Open Font License 1.1), in the
 * weights of src/figures/font.ts.
 */
export const fontFiles = {
  regular: load("400Regular/Commissioner_400Regular.ttf"),
  bold: load("600SemiBold/Commissioner_600SemiBold.ttf"),
};
