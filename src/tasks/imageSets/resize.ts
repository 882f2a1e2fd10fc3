/** One number a pixel, row-major from the top left. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly values: ArrayLike<number>;
}

/** The largest square in the middle of a picture. */
export function centreSquare({ width, height, values }: GreyPicture): GreyPicture {
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  const square = new Float64Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) square[y * side + x] = values[(top + y) * width + left + x]!;
  }
  return { width: side, height: side, values: square };
}

/**
 * Resizes by area: every new pixel is the mean of what it covers of the old ones, so that fine detail blurs and does
 * not alias. Sizes need not divide each other.
 */
export function resizeByArea(picture: GreyPicture, width: number, height: number): GreyPicture {
  const { width: oldWidth, height: oldHeight, values } = picture;
  const columns = coverage(oldWidth, width);
  const rows = coverage(oldHeight, height);
  const resized = new Float64Array(width * height);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      let sum = 0;
      for (let i = 0; i < row.shares.length; i++) {
        const start = (row.first + i) * oldWidth + column.first;
        const high = row.shares[i]!;
        for (let j = 0; j < column.shares.length; j++) sum += values[start + j]! * high * column.shares[j]!;
      }
      resized[y * width + x] = sum;
    });
  });
  return { width, height, values: resized };
}

/** For each new cell along one side: the first old cell that it covers, and the shares of that and the next, which sum to 1. */
function coverage(from: number, to: number): { readonly first: number; readonly shares: number[] }[] {
  return Array.from({ length: to }, (_, cell) => {
    // In units of 1/to of an old cell all borders are whole numbers: no share is lost to rounding.
    const start = cell * from;
    const end = start + from;
    const first = Math.floor(start / to);
    const shares: number[] = [];
    for (let old = first; old * to < end; old++) {
      shares.push((Math.min(end, (old + 1) * to) - Math.max(start, old * to)) / from);
    }
    return { first, shares };
  });
}
