import { Fingerprint, ModelError } from "../models/index.js";
import { type Bytes, bytesIn, described, kindOf } from "./bytes.js";
import type { ModelFunctions } from "./emit.js";

/** What `hebbian compile` wrote for a model: its bytes, or the module that a bundler or a runtime has made of them. */
export type CompiledCode = WebAssembly.Module | Bytes;

type Code = Uint8Array<ArrayBuffer>;

/** The section of a compiled module that says which code it is. */
const SECTION = "hebbian";

/** The same for all models of the same shapes and rules. */
const printOf = (code: Code): string => new Fingerprint().add(code).text;

/** A model's code as a WebAssembly file that says which it is. */
export function signed(code: Code): Code {
  const content = new TextEncoder().encode(SECTION + printOf(code));
  // A custom section: 0, its length, the length of its name, the name, what it holds.
  const section = [0, content.length + 1, SECTION.length, ...content];
  const file = new Uint8Array(code.length + section.length);
  file.set(code);
  file.set(section, code.length);
  return file;
}

/**
 * Starts a model's code over its memory, as it is or as it was compiled ahead.
 * @throws ModelError if that is another's, or this place refuses it; TypeError for what is no code
 */
export async function startModel(
  code: Code,
  compiled: CompiledCode | undefined,
  memory: WebAssembly.Memory,
): Promise<ModelFunctions> {
  const imports = { env: { memory } };
  // Compiling at once is refused on some pages' own thread.
  const { exports } =
    compiled === undefined
      ? (await made(() => WebAssembly.instantiate(code, imports), code)).instance
      : await WebAssembly.instantiate(await expected(code, compiled), imports);
  const functions = exports as Record<string, (...args: number[]) => void>;
  return {
    step: (program, ...args) => functions[`step${program}`]!(...args),
    weights: (connection, life) => functions[`weights${connection}`]!(life),
  };
}

/** The module that was compiled ahead, if it is of this very code. */
async function expected(code: Code, compiled: CompiledCode): Promise<WebAssembly.Module> {
  const bytes = bytesIn(compiled) as Code | null;
  // By its own word: a module of a frame is of another class.
  if (!bytes && kindOf(compiled) !== "WebAssembly.Module") {
    throw new TypeError(
      `loadModel: code must be a WebAssembly.Module or its bytes, got ${described(compiled)}`,
    );
  }
  const module = bytes
    ? await made(() => WebAssembly.compile(bytes), bytes)
    : (compiled as WebAssembly.Module);
  const [said] = WebAssembly.Module.customSections(module, SECTION);
  if (said && new TextDecoder().decode(said) === printOf(code)) return module;
  throw new ModelError(
    "the code given is another model's, or another version of hebbian wrote it; write it anew: hebbian compile",
    { code: "other-code" },
  );
}

async function made<T>(make: () => Promise<T>, code: Code): Promise<T> {
  try {
    return await make();
  } catch (cause) {
    const refuses = `WebAssembly refuses the model's code (${(cause as Error).message}):`;
    // What is sound is refused by a policy.
    throw WebAssembly.validate(code)
      ? new ModelError(
          `${refuses} no code may be made here. In a page, the policy must have script-src 'wasm-unsafe-eval'; elsewhere, ` +
            "write the code ahead with hebbian compile, and pass the module that your build makes of it: loadModel(file, { code })",
          { code: "code-refused", cause },
        )
      : new ModelError(`${refuses} it needs SIMD, which is not here, or is no code`, {
          code: "no-webassembly",
          cause,
        });
  }
}
