import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../fingerprint.js";

const source = join(import.meta.dirname, "../../src");

let digest: string | null = null;

/**
 * SHA-256 over the library that this program runs: two runs of one configuration and one such digest do the same. What the
 * command line itself is made of is left out: it only takes along what the library does.
 */
export function codeDigest(): string {
  digest ??= sha256(...sourceFiles().flatMap((file) => [file, readFileSync(join(source, file))]));
  return digest;
}

/** As they are imported: compiled, or TypeScript itself where that runs. Sorted, so that every machine has one order. */
function sourceFiles(): string[] {
  const all = readdirSync(source, { recursive: true, encoding: "utf8" }).map((file) =>
    file.replaceAll("\\", "/"),
  );
  const compiled = all.filter((file) => file.endsWith(".js"));
  const has = new Set(compiled.map((file) => file.slice(0, -3)));
  const typescript = all.filter(
    (file) => /\.ts$/.test(file) && !/\.(d|test)\.ts$/.test(file) && !has.has(file.slice(0, -3)),
  );
  return [...compiled, ...typescript].sort();
}
