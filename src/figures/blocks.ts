/** A matrix reduced for display: the mean of every `blockRows` x `blockCols` elements, fewer at the ends. */
export interface BlockMeans {
  readonly blockRows: number;
  readonly blockCols: number;
  readonly rows: number;
  readonly cols: number;
  readonly means: Float64Array;
}

/**
 * Block means of a row-major `rows` x `cols` matrix with the smallest blocks that give at most `maxSide` a side.
 * The mean is what the eye would see from afar; unlike the largest magnitude it does not make noise look strong.
 * @throws RangeError if the matrix has another size, is empty or holds a number that is not finite
 */
export function blockMeans(
  matrix: ArrayLike<number>,
  rows: number,
  cols: number,
  maxSide: number,
): BlockMeans {
  if (rows * cols !== matrix.length || matrix.length === 0) {
    throw new RangeError(
      `heatmap: expected a matrix of ${rows} x ${cols} numbers, at least one, got ${matrix.length}; pass its own rows and cols`,
    );
  }
  const blockRows = Math.ceil(rows / maxSide);
  const blockCols = Math.ceil(cols / maxSide);
  const outRows = Math.ceil(rows / blockRows);
  const outCols = Math.ceil(cols / blockCols);
  const means = new Float64Array(outRows * outCols);
  for (let i = 0; i < rows; i++) {
    const height = Math.min(blockRows, rows - (i - (i % blockRows)));
    for (let j = 0; j < cols; j++) {
      const value = matrix[i * cols + j]!;
      if (!Number.isFinite(value)) {
        throw new RangeError(`heatmap: element [${i}, ${j}] is ${value}; draw finite numbers only`);
      }
      const width = Math.min(blockCols, cols - (j - (j % blockCols)));
      means[Math.floor(i / blockRows) * outCols + Math.floor(j / blockCols)]! += value / (height * width);
    }
  }
  return { blockRows, blockCols, rows: outRows, cols: outCols, means };
}

/** The magnitude that at most 0.5 % of the values exceed (none of up to 199): single outliers must not pale the rest. */
export function scaleLimit(values: Float64Array): number {
  const sorted = values.map(Math.abs).sort();
  const usual = sorted[Math.ceil(sorted.length * 0.995) - 1]!;
  return usual > 0 ? usual : sorted.at(-1)!;
}
