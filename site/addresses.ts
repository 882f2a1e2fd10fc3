import { existsSync, statSync } from "node:fs";
import { join, normalize } from "node:path";
import { root } from "./paths.js";

/** Where a file or folder of the repository is found on the site. */
export type Address =
  /** A page of prose. */
  | { readonly kind: "page"; readonly url: string }
  /** A page that shows a program's text, or lists a folder. */
  | { readonly kind: "source"; readonly url: string }
  /** The file itself. */
  | { readonly kind: "file"; readonly url: string };

/** Pages of prose that lie outside docs/, and what they are called on the site. */
export const otherPages: Readonly<Record<string, string>> = {
  "README.md": "/overview",
  "CHANGELOG.md": "/changelog",
  "CONTRIBUTING.md": "/contributing",
  "SECURITY.md": "/security",
  "bench/README.md": "/benchmark",
  "models/README.md": "/models",
  "examples/server/README.md": "/example-server",
};

const code = /\.(ts|js|svelte|c|py|css|html)$/;

/** `path` from the repository's root, "docs/rules.md". Throws an Error for what does not exist. */
export function addressOf(path: string): Address {
  const clean = normalize(path).replaceAll("\\", "/").replace(/\/$/, "");
  if (!existsSync(join(root, clean))) throw new Error(`there is no ${clean}`);
  if (otherPages[clean]) return { kind: "page", url: otherPages[clean] };
  if (clean === "docs/decisions") return { kind: "page", url: "/decisions/" };
  if (clean.endsWith(".md"))
    return { kind: "page", url: `/${clean.replace(/^docs\//, "").replace(/\.md$/, "")}` };
  if (statSync(join(root, clean)).isDirectory() || code.test(clean)) {
    // No ending: what ends like a program would be taken for a file.
    return { kind: "source", url: `/source/${clean.replace(/\.(\w+)$/, "-$1")}` };
  }
  return { kind: "file", url: `/files/${clean}` };
}
