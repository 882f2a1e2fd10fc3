import type { Plugin } from "vite";

/**
 * Makes a file of its own of a module that begins what takes longest, and lets the page run it before, and beside, all else. What it
 * begins the page asks for too: without this plugin, it is begun with the rest.
 *
 * @param module its path
 */
export function early(module: string): Plugin {
  return {
    name: "early",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "chunk", id: module, name: "early" });
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle }) {
        const file = Object.values(bundle ?? {}).find(
          (each) => each.type === "chunk" && each.facadeModuleId === module,
        );
        if (!file) throw new Error(`early: ${module} is in no chunk`);
        const attrs = { type: "module", async: true, crossorigin: true, src: `./${file.fileName}` };
        return [{ tag: "script", attrs, injectTo: "head" }];
      },
    },
  };
}
