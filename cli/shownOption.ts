/** An option's value as people read it: a rule of somebody's own by its name. */
export const shownOption = (value: unknown): string =>
  typeof value === "object" && value !== null && "name" in value ? String(value.name) : String(value);
