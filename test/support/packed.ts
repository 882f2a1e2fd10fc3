import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The packages of this repository: where each lies, and a file that its build leaves. */
const packages = {
  hebbian: { folder: ".", built: "dist/src/index.js" },
  "hebbian-lifetime": { folder: "packages/lifetime", built: "dist/index.js" },
  "hebbian-models": { folder: "models", built: "package.json" },
} as const;
export type PackageName = keyof typeof packages;
export const packageNames = Object.keys(packages) as PackageName[];

/** Where a package lies in the repository. */
export const sourceOf = (name: PackageName): string => join(root, packages[name].folder);

/** Runs npm and returns what it printed. Throws with npm's own words if it fails. */
export const npm = (folder: string, ...args: string[]): string =>
  execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** What `npm pack` makes of a package. */
export interface Packed {
  readonly tarball: string;
  /** The paths in it. */
  readonly files: readonly string[];
  /** Bytes of the tarball, and of what it unpacks to. */
  readonly size: number;
  readonly unpackedSize: number;
}

/** Packs what the builds left; `npm run build:packages` comes first. */
export function pack(name: PackageName, into: string): Packed {
  const folder = sourceOf(name);
  if (!existsSync(join(folder, packages[name].built))) {
    throw new Error(`there is no ${packages[name].built} of ${name}; npm run build:packages first`);
  }
  const out = npm(folder, "pack", "--json", "--ignore-scripts", "--pack-destination", into);
  const [{ filename, files, size, unpackedSize }] = JSON.parse(out);
  return {
    tarball: join(into, filename),
    files: files.map(({ path }: { path: string }) => path),
    ...{ size, unpackedSize },
  };
}

/** An empty project in a new temporary folder. */
export function emptyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "hebbian-user-"));
  const about = { name: "user", private: true, type: "module" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(about));
  return folder;
}

/** Installs packages, from npm's cache where it has them. */
export function install(folder: string, ...what: string[]): void {
  npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", ...what);
}

export interface InstalledPackage {
  readonly folder: string;
  /** The paths in the package. */
  readonly files: readonly string[];
  remove(): void;
}

/** An empty project with nothing but the packed package, and what it depends on, in it. */
export function installedPackage(): InstalledPackage {
  const folder = emptyProject();
  const { tarball, files } = pack("hebbian", folder);
  install(folder, tarball);
  return { folder, files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
