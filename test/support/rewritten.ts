import { type FunctionBuilder, KernelModule } from "../../src/devices/loops/module.js";
import type { Code } from "../../src/devices/loops/nodes.js";

/** What to put in a node's place, its parts being rewritten already; null: it stays. */
export type Rewrite = (code: Code, lanes: number) => Code | null;

const isCode = (part: unknown): part is Code => typeof part === "object" && part !== null && "kind" in part;
/** What nodes have beside other nodes. */
const notCode = new Set(["about", "callee", "local", "of"]);

function rewrittenCode(code: Code, lanes: number, rewrite: Rewrite): Code {
  const parts = Object.entries(code).map(([key, part]) => {
    if (notCode.has(key)) return [key, part];
    if (Array.isArray(part)) return [key, part.map((each) => rewrittenCode(each, lanes, rewrite))];
    return [key, isCode(part) ? rewrittenCode(part, lanes, rewrite) : part];
  });
  const now = Object.fromEntries(parts) as Code;
  return rewrite(now, lanes) ?? now;
}

/** A module with other kernels: what `rewrite` makes of the nodes of those whose label begins with `label`. */
export function rewrittenModule<Name extends string>(
  module: KernelModule<Name>,
  label: string,
  rewrite: Rewrite,
): KernelModule<Name> {
  const changed = new KernelModule<Name>(module.target);
  for (const f of module.functions) {
    if (!f.label.startsWith(label)) changed.functions.push(f);
    else {
      const copy: FunctionBuilder = Object.assign(Object.create(Object.getPrototypeOf(f)), f);
      copy.body = rewrittenCode(f.body, module.target.lanes, rewrite);
      changed.functions.push(copy);
    }
  }
  return changed;
}
