import { oneLine } from "./terminalText.js";

/**
 * Rows for what a test said, a name and a value each. A value that holds others is a row of them; where those hold others again, there
 * is a row for each of them.
 */
export function resultRows(result: object): string[][] {
  return Object.entries(result).flatMap(([name, value]) => {
    if (!isGroup(value)) return [[oneLine(name), shown(value)]];
    const isDeep = Object.values(value).some(isGroup);
    if (!isDeep) return [[oneLine(name), listed(value)]];
    return Object.entries(value).map(([key, inner]) => [
      oneLine(`${name}.${key}`),
      isGroup(inner) ? listed(inner) : shown(inner),
    ]);
  });
}

const isGroup = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** "reward 6.07, visits.mean 2, visits.low 1". */
const listed = (group: object): string => leaves(group).join(", ");

const leaves = (group: object, before = ""): string[] =>
  Object.entries(group).flatMap(([key, value]) =>
    isGroup(value) ? leaves(value, `${before}${key}.`) : [`${oneLine(before + key)} ${shown(value)}`],
  );

const shown = (value: unknown): string =>
  oneLine(typeof value === "object" ? JSON.stringify(value) : String(value));
