import { describe, expect, it } from "vitest";
import { loadModel, ModelError } from "../src/lifetime/index.js";
import { bombs } from "./support/bombs.js";

describe("a model's file is refused with one ModelError that says which budget it exceeds:", () => {
  it.each(bombs)("%s", async (_, make, refused) => {
    const loading = loadModel(make());
    await expect(loading).rejects.toThrow(ModelError);
    await expect(loading).rejects.toThrow(refused);
    await loading.catch((error: Error) => expect(error.message.length).toBeLessThan(400));
  });
});
