/** What there is to say of a matrix in a line. */
export interface Statistics {
  readonly mean: number;
  readonly std: number;
  readonly least: number;
  readonly greatest: number;
}

export function statisticsOf(data: ArrayLike<number>): Statistics {
  const values = Array.from(data);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const least = values.reduce((a, b) => Math.min(a, b));
  const greatest = values.reduce((a, b) => Math.max(a, b));
  return { mean, std: Math.sqrt(variance), least, greatest };
}

/** A row for each parameter: name, shape, mean, and how its numbers are spread. */
export const parameterRows = (
  parameters: readonly (Statistics & { readonly name: string; readonly shape: readonly number[] })[],
): string[][] =>
  parameters.map(({ name, shape, mean, std, least, greatest }) => [
    name,
    `[${shape.join(", ")}]`,
    `mean ${mean.toPrecision(3)}`,
    ...(std === 0
      ? []
      : [`std ${std.toPrecision(3)}`, `${least.toPrecision(3)} to ${greatest.toPrecision(3)}`]),
  ]);
