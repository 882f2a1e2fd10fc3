import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { matricesOf, quantised, readSafetensors, writeSafetensors } from "../../src/models/index.js";

/** The trained networks that the page can use, by the name that it calls them, and their files in models/. */
const files = {
  drawings: "drawings",
  images: "images",
  imagesRnn: "images-rnn",
  maze: "maze",
  omniglot: "omniglot",
} as const;

/** From here on a matrix is worth 8 bits: 0.002 of error is not seen, three quarters of the bytes are. */
const LARGE = 100_000;

/**
 * `virtual:models` has the address of each network, or null where there is none at build time. Large ones are shipped as
 * 8-bit numbers, which costs the image network nothing that one could measure.
 *
 * @param from folders of trained networks: those of the package, and the page's own
 * @param into folder for what is shipped, kept out of git
 */
export function models(from: readonly string[], into: string): Plugin {
  const id = "virtual:models";
  return {
    name: "models",
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(source) {
      if (source !== `\0${id}`) return null;
      mkdirSync(into, { recursive: true });
      const exported = Object.entries(files).map(([name, file]) => {
        const path = from.map((folder) => join(folder, `${file}.safetensors`)).find(existsSync);
        if (!path) return `export const ${name} = null;`;
        this.addWatchFile(path);
        const shipped = join(into, `${file}.safetensors`);
        writeFileSync(`${shipped}.new`, smaller(readFileSync(path)));
        renameSync(`${shipped}.new`, shipped);
        return `export { default as ${name} } from ${JSON.stringify(`${shipped}?url`)};`;
      });
      return exported.join("\n");
    },
  };
}

function smaller(bytes: Uint8Array): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  const damaged = (tensor: string, got: string) => new Error(`${tensor}: expected a matrix, got ${got}`);
  const matrices = matricesOf(tensors, "", damaged);
  if (!Object.values(matrices).some(({ shape }) => shape[0] * shape[1] > LARGE)) return bytes;
  const small = Object.entries(matrices).map(([name, { shape, data }]) =>
    shape[0] * shape[1] > LARGE
      ? quantised(name, shape, data)
      : { [name]: { shape, data: Float32Array.from(data) } },
  );
  return writeSafetensors(Object.assign({}, ...small), metadata);
}
