import { loadModel } from "hebbian/lifetime";

/**
 * Lives some steps, or says what went wrong.
 * @param {WebAssembly.Module | ArrayBuffer | undefined} code what was compiled ahead
 */
async function lived(code) {
  try {
    const model = await loadModel("model.safetensors", code ? { code } : {});
    const life = model.begin();
    const size = model.inputs[0]?.size ?? 0;
    /** @type {number[]} */
    let answer = [];
    for (let t = 0; t < 20; t++) {
      answer = [
        ...life.step(Float32Array.from({ length: size }, (_, k) => ((t * 31 + k * 17) % 23) / 11 - 1)),
      ];
    }
    return { answer };
  } catch (error) {
    const { name, code, message } = /** @type {import("hebbian/lifetime").ModelError} */ (error);
    return { name, code, message };
  }
}

/** What the browser itself makes of the file: a module, where its policy lets it. */
async function streamed() {
  try {
    return await WebAssembly.compileStreaming(fetch("model.wasm"));
  } catch {
    return null;
  }
}

Object.assign(globalThis, {
  underPolicy: (async () => {
    const bytes = await (await fetch("model.wasm")).arrayBuffer();
    const module = await streamed();
    return {
      own: await lived(undefined),
      bytes: await lived(bytes),
      module: module && (await lived(module)),
    };
  })(),
});
