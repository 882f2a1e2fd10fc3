import { Schema, type SchemaFacts } from "./schema.js";

/** Numbers, which may have bounds. */
export class NumberSchema extends Schema<number> {
  constructor(facts: SchemaFacts) {
    const { type, min = -Infinity, max = Infinity, above = false, step } = facts;
    const isKind = type === "integer" ? Number.isSafeInteger : Number.isFinite;
    const message = `expected ${type === "integer" ? "a whole number" : "a number"}${boundsText(facts)}${step === undefined ? "" : `, a multiple of ${step}`}`;
    super((value, path, faults) => {
      const fits = isKind(value) && (value as number) <= max && (value as number) >= min;
      const isStep = step === undefined || (value as number) % step === 0;
      if (!fits || !isStep || (above && value === min)) faults.push({ path, message, got: value });
      return value;
    }, facts);
  }

  min(min: number): NumberSchema {
    return new NumberSchema({ ...this.facts, min });
  }

  max(max: number): NumberSchema {
    return new NumberSchema({ ...this.facts, max });
  }

  /** Above 0. */
  positive(): NumberSchema {
    return new NumberSchema({ ...this.facts, min: 0, above: true });
  }

  multipleOf(step: number): NumberSchema {
    return new NumberSchema({ ...this.facts, step });
  }
}

function boundsText({ min, max, above }: SchemaFacts): string {
  if (above) return max === undefined ? ` above ${min}` : ` above ${min}, up to ${max}`;
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}
