/**
 * Moves intervals apart so that none overlap, each as near to where it wants to be as its neighbours allow, all
 * within `low` to `high` if they fit. Takes wanted centres and lengths; returns the centres in the same order.
 */
export function dodge(
  wanted: readonly { readonly centre: number; readonly length: number }[],
  low: number,
  high: number,
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]!.centre - wanted[b]!.centre || a - b);
  const total = wanted.reduce((sum, { length }) => sum + length, 0);
  // A cluster is a run of touching intervals: where it starts on average, and how long it is.
  const clusters: { members: number[]; start: number; length: number }[] = [];
  const bounded = (start: number, length: number) =>
    Math.max(low, Math.min(Math.max(low + total, high) - length, start));
  for (const index of order) {
    const { centre, length } = wanted[index]!;
    let cluster = { members: [index], start: bounded(centre - length / 2, length), length };
    for (let previous = clusters.at(-1); previous !== undefined; previous = clusters.at(-1)) {
      if (previous.start + previous.length <= cluster.start) break;
      clusters.pop();
      const count = previous.members.length + cluster.members.length;
      const pull =
        previous.start * previous.members.length + (cluster.start - previous.length) * cluster.members.length;
      const merged = previous.length + cluster.length;
      cluster = {
        members: [...previous.members, ...cluster.members],
        start: bounded(pull / count, merged),
        length: merged,
      };
    }
    clusters.push(cluster);
  }
  const centres: number[] = [];
  for (const { members, start } of clusters) {
    let at = start;
    for (const index of members) {
      centres[index] = at + wanted[index]!.length / 2;
      at += wanted[index]!.length;
    }
  }
  return centres;
}
