/** Throws unless options[name] is a whole number of at least `least`; `usual` is the published value, for the message. */
export function checkInteger(where: string, name: string, value: number, least: number, usual: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(
    `${where}: ${name} must be a whole number of at least ${least}, got ${value}; the paper uses ${usual}`,
  );
}
