import { loadModel } from "../../../src/lifetime/index.ts";

/** Lives some steps, or says what went wrong. `code`: bytes that were compiled ahead. */
async function lived(code) {
  try {
    const model = await loadModel("model.safetensors", code ? { code } : {});
    const life = model.begin();
    const { size } = model.inputs[0];
    let answer = new Float32Array();
    for (let t = 0; t < 20; t++) {
      answer = life.step(Float32Array.from({ length: size }, (_, k) => ((t * 31 + k * 17) % 23) / 11 - 1));
    }
    return { answer: [...answer] };
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message };
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

globalThis.lived = (async () => {
  const bytes = await (await fetch("model.wasm")).arrayBuffer();
  const module = await streamed();
  return {
    own: await lived(null),
    bytes: await lived(bytes),
    module: module && (await lived(module)),
  };
})();
