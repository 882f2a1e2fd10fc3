import { fault, type input, type output, Schema } from "./schema.js";

export type Shape = Readonly<Record<string, Schema<unknown, unknown>>>;

/** Objects with certain keys. Others are left out, or refused if it is strict. */
export class ObjectSchema<Of extends Shape = Shape> extends Schema<OutputOf<Of>, InputOf<Of>> {
  constructor(
    readonly shape: Of,
    isStrict = false,
  ) {
    super(
      (value, path, faults) => {
        if (!isRecord(value)) return fault(faults, path, "expected an object", value);
        const unknownKeys = isStrict ? Object.keys(value).filter((key) => !Object.hasOwn(shape, key)) : [];
        if (unknownKeys.length > 0) {
          faults.push({ path, message: `unknown: ${unknownKeys.join(", ")}`, got: value, unknownKeys });
        }
        return Object.fromEntries(
          Object.entries(shape).map(([key, { read }]) => {
            const own = Object.hasOwn(value, key) ? value[key] : undefined;
            return [key, read(own, [...path, key], faults)];
          }),
        );
      },
      { type: "object" },
    );
  }

  /** Keys that are not in the shape are faults. */
  strict(): ObjectSchema<Of> {
    return new ObjectSchema(this.shape, true);
  }
}

type Flat<Value> = { [Key in keyof Value]: Value[Key] };
type OutputOf<Of extends Shape> = Flat<{ -readonly [Key in keyof Of]: output<Of[Key]> }>;
type Optional<Of extends Shape> = {
  [Key in keyof Of]: undefined extends input<Of[Key]> ? Key : never;
}[keyof Of];
type InputOf<Of extends Shape> = Flat<
  { -readonly [Key in Exclude<keyof Of, Optional<Of>>]: input<Of[Key]> } & {
    -readonly [Key in Optional<Of>]?: input<Of[Key]>;
  }
>;

/** What JSON calls an object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
