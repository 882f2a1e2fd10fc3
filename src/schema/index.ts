/**
 * What a value from outside must look like: an experiment's options, a file's JSON. One schema gives the check, the type, the
 * defaults, and what flags, sliders and tables need to know. Imported as `z`: the vocabulary is that of the validators which
 * people know.
 *
 *     const schema = z.object({ lr: z.number().positive().default(1e-3).describe("learning rate") });
 *     schema.check({ lr: -1 }); // { faults: [{ path: ["lr"], message: "expected a number above 0", got: -1 }] }
 */
import { NumberSchema } from "./number.js";
import { isRecord, ObjectSchema, type Shape } from "./object.js";
import { fault, type Read, Schema } from "./schema.js";

export { NumberSchema } from "./number.js";
export { ObjectSchema, type Shape } from "./object.js";
export {
  type Checked,
  type Fault,
  faultText,
  type input,
  type output,
  type Read,
  Schema,
  type SchemaFacts,
} from "./schema.js";

export const object = <Of extends Shape>(shape: Of): ObjectSchema<Of> => new ObjectSchema(shape);
export const strictObject = <Of extends Shape>(shape: Of): ObjectSchema<Of> => new ObjectSchema(shape, true);
/** Finite numbers. */
export const number = (): NumberSchema => new NumberSchema({ type: "number" });
/** Whole numbers that are exact in float64. */
export const int = (): NumberSchema => new NumberSchema({ type: "integer" });

/** One of some texts. */
function choice<const Choice extends string>(choices: readonly Choice[]): Schema<Choice> {
  const read: Read = (value, path, faults) =>
    choices.includes(value as Choice)
      ? value
      : fault(faults, path, `expected ${choices.length === 1 ? "" : "one of "}${choices.join(", ")}`, value);
  return new Schema(read, { type: "choice", choices });
}

export { choice as enum };

/** Exactly one value. */
export const literal = <const Value extends string | number | boolean>(only: Value): Schema<Value> =>
  kind("literal", JSON.stringify(only), (value): value is Value => value === only);
export const string = (): Schema<string> => kind("string", "a text", (value) => typeof value === "string");
export const boolean = (): Schema<boolean> =>
  kind("boolean", "true or false", (value) => typeof value === "boolean");
/** Anything. */
export const unknown = (): Schema<unknown> => new Schema((value) => value, { type: "unknown" });

/** Lists of at least `min` values of one schema. */
export function array<Output, Input>(of: Schema<Output, Input>, min = 0): Schema<Output[], Input[]> {
  const message = `expected a list${min > 0 ? ` of at least ${min}` : ""}`;
  const read: Read = (value, path, faults) =>
    Array.isArray(value) && value.length >= min
      ? value.map((each, k) => of.read(each, [...path, k], faults))
      : fault(faults, path, message, value);
  return new Schema(read, { type: "array" });
}

/** Objects with any keys, whose values are of one schema. */
export function record<Output, Input>(
  of: Schema<Output, Input>,
): Schema<Record<string, Output>, Record<string, Input>> {
  const read: Read = (value, path, faults) =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, each]) => [key, of.read(each, [...path, key], faults)]),
        )
      : fault(faults, path, "expected an object", value);
  return new Schema(read, { type: "record" });
}

function kind<Value>(type: string, words: string, is: (value: unknown) => value is Value): Schema<Value> {
  const read: Read = (value, path, faults) =>
    is(value) ? value : fault(faults, path, `expected ${words}`, value);
  return new Schema(read, { type });
}
