/** Each value's mean with those around it, as many on either side, as far as there are any. */
export const smoothed = (values: ArrayLike<number>, around: number): number[] =>
  Array.from(values, (_, k) => {
    const from = Math.max(0, k - around);
    const to = Math.min(values.length - 1, k + around);
    let sum = 0;
    for (let i = from; i <= to; i++) sum += values[i]!;
    return sum / (to - from + 1);
  });
