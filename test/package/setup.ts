import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import {
  emptyProject,
  install,
  type PackageName,
  type Packed,
  pack,
  packageNames,
} from "../support/packed.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** A project into which all packages of this repository are installed from their tarballs, once for all tests. */
    readonly installed: { readonly folder: string; readonly packed: Readonly<Record<PackageName, Packed>> };
  }
}

export default function setup(project: TestProject): () => void {
  const folder = emptyProject();
  const packed = Object.fromEntries(packageNames.map((name) => [name, pack(name, folder)])) as Record<
    PackageName,
    Packed
  >;
  install(folder, ...Object.values(packed).map(({ tarball }) => tarball));
  project.provide("installed", { folder, packed });
  return () => rmSync(folder, { recursive: true, force: true });
}
