import type { Tensor } from "./tensor.js";

/** What the adjoint of an op does to those of tensors. Parameters' need not be named: they start at zero in any case. */
export interface Touched {
  /** Added to. */
  readonly adds?: readonly Tensor[];
  /** Added to, or overwritten by who reaches them first: `Adjoint.run` is told which. */
  readonly sets?: readonly Tensor[];
  /** Pairs: where nobody else adds to either, the adjoint of the first is the very numbers of the second. */
  readonly same?: readonly (readonly [tensor: Tensor, as: Tensor])[];
}

/** Nothing has been added to it yet; something has; it is the very numbers of another, and there is nothing to do. */
export type How = "overwrite" | "add" | "same";

/** An op on the way back. */
export interface Adjoint {
  readonly touched: Touched;
  /** `how`: what to do with each of `touched.sets`, asked once for each time that it is there. */
  readonly run: (how: (tensor: Tensor) => How) => void;
}

/** How the adjoints of an episode come about. */
export interface AdjointPlan {
  /** Tensors that have the adjoint of another. */
  readonly aliases: ReadonlyMap<Tensor, Tensor>;
  /** Tensors whose adjoint must start at zero: others are overwritten by the first op that reaches them. */
  readonly zeroed: ReadonlySet<Tensor>;
  /** What op number `index` does to the adjoint of a tensor; asked again for a tensor that it uses twice, it adds. */
  how(index: number, tensor: Tensor): How;
}

/** A tensor that is no slice, and which of its rows a slice has. */
function rootOf(tensor: Tensor): { root: Tensor; from: number; to: number } {
  const { slice, rows } = tensor;
  if (!slice) return { root: tensor, from: 0, to: rows };
  const { root, from } = rootOf(slice.of);
  return { root, from: from + slice.from, to: from + slice.from + rows };
}

/** How often each row of a tensor was added to; twice stands for more. */
class Touches {
  private readonly rows = new Map<Tensor, Uint8Array>();

  /** Which of its rows had been touched before. */
  touch(tensor: Tensor): "none" | "some" | "all" {
    const { counts, from, to } = this.of(tensor);
    let before = 0;
    for (let row = from; row < to; row++) {
      if (counts[row]! > 0) before++;
      if (counts[row]! < 2) counts[row]!++;
    }
    return before === 0 ? "none" : before < to - from ? "some" : "all";
  }

  /** True if every row was touched exactly once. */
  once(tensor: Tensor): boolean {
    const { counts, from, to } = this.of(tensor);
    for (let row = from; row < to; row++) if (counts[row] !== 1) return false;
    return true;
  }

  /** True if some row was not touched. */
  lacks(tensor: Tensor): boolean {
    const { counts, from, to } = this.of(tensor);
    return counts.subarray(from, to).includes(0);
  }

  private of(tensor: Tensor) {
    const { root, from, to } = rootOf(tensor);
    let counts = this.rows.get(root);
    if (!counts) {
      counts = new Uint8Array(root.rows);
      this.rows.set(root, counts);
    }
    return { counts, from, to };
  }
}

/**
 * Sees before the way back who reaches an adjoint first: who may overwrite it (so that it need not be zeroed) and who has the
 * same as another (so that it need not be copied). `adjoints` in the order in which ops were recorded; `loss` starts at 1.
 */
export function planAdjoints(
  adjoints: readonly Adjoint[],
  produced: readonly Tensor[],
  loss: Tensor,
): AdjointPlan {
  const isProduced = new Set(produced);
  const sliced = new Set(produced.flatMap(({ slice }) => (slice ? [slice.of] : [])));
  const adds = adjoints.map(({ touched }) => (touched.adds ?? []).filter((tensor) => isProduced.has(tensor)));
  const sets = adjoints.map(({ touched }) => (touched.sets ?? []).filter((tensor) => isProduced.has(tensor)));
  const [all, seen] = [new Touches(), new Touches()];
  all.touch(loss);
  seen.touch(loss);
  for (const tensor of [...adds.flat(), ...sets.flat()]) all.touch(tensor);

  const aliases = new Map<Tensor, Tensor>();
  const zeroed = new Set<Tensor>();
  const owned = adjoints.map(() => new Set<Tensor>());
  for (let i = adjoints.length - 1; i >= 0; i--) {
    const own = owned[i]!;
    for (const tensor of adds[i]!) if (seen.touch(tensor) !== "all") zeroed.add(rootOf(tensor).root);
    for (const tensor of sets[i]!) {
      const before = seen.touch(tensor);
      if (before === "none") own.add(tensor);
      else if (before === "some") zeroed.add(rootOf(tensor).root);
    }
    const isAllOf = (tensor: Tensor) => own.has(tensor) && all.once(tensor);
    for (const [tensor, as] of adjoints[i]!.touched.same ?? []) {
      if (!isAllOf(tensor) || tensor.slice || sliced.has(tensor)) continue;
      // What is no input of the op is its result, whose adjoint is complete by then.
      if (sets[i]!.includes(as) && !isAllOf(as)) continue;
      aliases.set(tensor, as);
      own.delete(tensor);
    }
  }
  for (const tensor of produced) if (!tensor.slice && seen.lacks(tensor)) zeroed.add(tensor);
  const how = (index: number, tensor: Tensor): How =>
    aliases.has(tensor) ? "same" : owned[index]!.delete(tensor) ? "overwrite" : "add";
  return { aliases, zeroed, how };
}
