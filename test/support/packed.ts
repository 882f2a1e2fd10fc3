import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Runs npm and returns what it printed. Throws with npm's own words if it fails. */
const npm = (folder: string, ...args: string[]): string =>
  execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Packs what `npm run build` left in dist. Returns the tarball, and the paths in it. */
function pack(folder: string): { tarball: string; files: readonly string[] } {
  if (!existsSync(join(root, "dist/src/index.js")))
    throw new Error("there is no dist/src; npm run build first");
  const out = npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
  const [{ filename, files }] = JSON.parse(out) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

export interface InstalledPackage {
  readonly folder: string;
  /** The paths in the package. */
  readonly files: readonly string[];
  remove(): void;
}

/** An empty project in a temporary folder with nothing but the packed package, and what it depends on, in it. */
export function installedPackage(): InstalledPackage {
  const folder = mkdtempSync(join(tmpdir(), "hebbian-user-"));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "user", private: true, type: "module" }),
  );
  const { tarball, files } = pack(folder);
  npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", tarball);
  return { folder, files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
