/** A task gave numbers that no network can be trained on; the message says which, what was expected and what came. */
export class TaskError extends Error {
  override readonly name = "TaskError";
}

/**
 * Throws a TaskError unless `numbers` are `count` finite ones. `count` in words, with the sizes it is a product of, such as
 * "steps x inputs = 4 x 3 = 12".
 */
export function expectNumbers(where: string, numbers: unknown, count: number, words: string): void {
  const list = numbers as ArrayLike<unknown> | null | undefined;
  if (typeof list !== "object" || typeof list?.length !== "number") {
    throw new TaskError(`${where}: expected ${words} numbers, in an array, got ${shownValue(numbers)}`);
  }
  if (list.length !== count) {
    throw new TaskError(`${where}: expected ${words} numbers, got ${list.length}`);
  }
  for (let k = 0; k < count; k++) {
    if (Number.isFinite(list[k])) continue;
    throw new TaskError(`${where}: number ${k} (from 0) is ${shownValue(list[k])}; all must be finite`);
  }
}

/**
 * Throws a TaskError unless what a task measured is an object of numbers: the sum of anything else would be a number all the same, and
 * another. Whether they are finite is looked at later.
 */
export function expectMetrics(metrics: unknown): Record<string, number> {
  if (
    typeof metrics !== "object" ||
    metrics === null ||
    Array.isArray(metrics) ||
    metrics instanceof Promise
  ) {
    throw new TaskError(`measure: expected an object of numbers by name, got ${shownValue(metrics)}`);
  }
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value !== "number") {
      throw new TaskError(`measure: ${name}: expected a finite number, got ${shownValue(value)}`);
    }
  }
  return metrics as Record<string, number>;
}

/** A value as an error shows it: short, and of its kind. */
export function shownValue(value: unknown): string {
  if (typeof value === "function") return `a function ${value.name}`.trimEnd();
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `${value.constructor.name} of ${(value as unknown as ArrayLike<unknown>).length}`;
  }
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object" && value !== null)
    return `an object with ${Object.keys(value).join(", ") || "nothing"}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
