import { loadModel } from "./hebbian.js";
import file from "./model.safetensors";
import code from "./model.wasm";

/** Lives some steps with the code that was compiled ahead, or at "/own" with code that it makes itself. */
export default {
  async fetch(request) {
    const ahead = new URL(request.url).pathname !== "/own";
    try {
      const model = await loadModel(file, ahead ? { code } : {});
      const life = model.begin();
      const { size } = model.inputs[0];
      let answer = new Float32Array();
      for (let t = 0; t < 20; t++) {
        answer = life.step(Float32Array.from({ length: size }, (_, k) => ((t * 31 + k * 17) % 23) / 11 - 1));
      }
      const { steps } = model.resume(life.snapshot());
      return Response.json({ answer: [...answer], steps });
    } catch (error) {
      return Response.json({ name: error.name, code: error.code, message: error.message });
    }
  },
};
