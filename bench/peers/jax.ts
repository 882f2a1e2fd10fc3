import { defaultDevice, init, jit, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import type { Problem } from "../problem.js";
import { serve, type Trainer } from "./serve.js";

type Tensor = np.Array;
type Tensors = { [name: string]: Tensor };
type Sizes = Problem["sizes"];
type Loss = (params: Tensors, inputs: Tensors) => Tensor;

/*
 * The equations of bench/problem.ts in jax-js. A function consumes its arguments there, and `.ref` keeps one for later.
 * The library has no scan, so the steps are unrolled into one graph; on Node it runs on one thread.
 */

const disposeAll = (tensors: Tensors) => {
  for (const tensor of Object.values(tensors)) tensor.dispose();
};

const rnnLoss =
  (sizes: Sizes): Loss =>
  (params, inputs) => {
    const { w, alpha, eta } = params as Record<"w" | "alpha" | "eta", Tensor>;
    const { input, free, target } = inputs as Record<"input" | "free" | "target", Tensor>;
    const neurons = sizes.neurons!;
    let x: Tensor = np.zeros([1, neurons]);
    let trace: Tensor = np.zeros([neurons, neurons]);
    for (let t = 0; t < sizes.steps!; t++) {
      const sum = np.matmul(x.ref, w.ref.add(alpha.ref.mul(trace.ref)));
      const now = input.ref.slice([t, t + 1]);
      // Clamped neurons take their input as their value; the input of a free one is 0.
      const y = sizes.clamped
        ? np
            .tanh(sum)
            .mul(free.ref.slice([t, t + 1]))
            .add(now)
        : np.tanh(sum.add(now));
      const outer = x.reshape([neurons, 1]).mul(y.ref);
      trace = trace.mul(np.subtract(1, eta.ref)).add(outer.mul(eta.ref));
      x = y;
    }
    const error = x.slice(0, [0, sizes.outputs!]).sub(target.ref);
    trace.dispose();
    disposeAll(params);
    disposeAll(inputs);
    return np.sum(error.ref.mul(error));
  };

const mazeLoss =
  (sizes: Sizes): Loss =>
  (params, inputs) => {
    const p = params as Record<string, Tensor>;
    const { neurons, batch, steps } = sizes as Record<"neurons" | "batch" | "steps", number>;
    let hidden: Tensor = np.zeros([batch, neurons]);
    let trace: Tensor = np.zeros([batch, neurons, neurons]);
    let loss: Tensor = np.zeros([]);
    for (let t = 0; t < steps; t++) {
      const weight = p.w!.ref.add(p.alpha!.ref.mul(trace.ref));
      const recurrent = np.matmul(hidden.ref.reshape([batch, 1, neurons]), weight).reshape([batch, neurons]);
      const current = np.matmul(inputs.x!.ref.slice(t), p.i2h!.ref).add(p.i2hBias!.ref);
      const next = np.tanh(current.add(recurrent));
      const outer = hidden.reshape([batch, neurons, 1]).mul(next.ref.reshape([batch, 1, neurons]));
      trace = np.clip(trace.add(outer.mul(p.eta!.ref)), -1, 1);
      hidden = next;
      const logits = np.matmul(hidden.ref, p.h2o!.ref).add(p.h2oBias!.ref);
      const value = np.matmul(hidden.ref, p.h2v!.ref).add(p.h2vBias!.ref);
      loss = loss.add(np.sum(logits.mul(inputs.ca!.ref.slice(t))));
      loss = loss.add(np.sum(value.mul(inputs.cv!.ref.slice(t))));
    }
    hidden.dispose();
    trace.dispose();
    disposeAll(params);
    disposeAll(inputs);
    return loss;
  };

/** Shapes by name; everything else is a vector. */
function shapes(kind: Problem["kind"], sizes: Sizes): Record<string, number[]> {
  const { neurons: n, steps, batch, features, actions } = sizes as Record<string, number>;
  const square = { w: [n!, n!], alpha: [n!, n!] };
  if (kind === "rnn") return { ...square, input: [steps!, n!], free: [steps!, n!] };
  return {
    ...square,
    i2h: [features!, n!],
    h2o: [n!, actions!],
    x: [steps!, batch!, features!],
    ca: [steps!, batch!, actions!],
    cv: [steps!, batch!],
  };
}

async function start(problem: Problem): Promise<Trainer> {
  await init("wasm");
  defaultDevice("wasm");
  const { kind, sizes } = problem;
  const shape = shapes(kind, sizes);
  const tensors = (arrays: Readonly<Record<string, Float32Array>>): Tensors =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, data]) => [
        name,
        np.array(data.slice(), { shape: shape[name] ?? [data.length] }),
      ]),
    );
  const free: Record<string, Float32Array> =
    kind === "rnn" ? { free: problem.inputs.input!.map((value) => Number(value === 0)) } : {};
  const inputs = tensors({ ...problem.inputs, ...free });
  const loss = kind === "rnn" ? rnnLoss(sizes) : mazeLoss(sizes);
  const gradients = jit((params: Tensors, given: Tensors) => valueAndGrad(loss)(params, given));

  type State = { params: Tensors; m: Tensors; v: Tensors };
  const zeros = () => tree.map((param: Tensor) => np.zerosLike(param), tree.ref(state.params)) as Tensors;
  const state = { params: tensors(problem.params) } as State;
  state.m = zeros();
  state.v = zeros();
  let updates = 0;

  /** One step of Adam; `size` and `root` carry the bias corrections. */
  const adam = jit((param: Tensor, grad: Tensor, m: Tensor, v: Tensor, size: Tensor, root: Tensor) => {
    const newM = m.mul(0.9).add(grad.ref.mul(0.1));
    const newV = v.mul(0.999).add(grad.ref.mul(grad).mul(0.001));
    const step = newM.ref.mul(size).div(np.sqrt(newV.ref).mul(root).add(1e-8));
    return [param.sub(step), newM, newV];
  });

  async function step() {
    updates++;
    const size = sizes.lr! / (1 - 0.9 ** updates);
    const root = 1 / Math.sqrt(1 - 0.999 ** updates);
    const [value, grads] = gradients(tree.ref(state.params), tree.ref(inputs)) as [Tensor, Tensors];
    for (const name of Object.keys(state.params)) {
      const [param, m, v] = adam(
        state.params[name]!,
        grads[name]!,
        state.m[name]!,
        state.v[name]!,
        np.array(size),
        np.array(root),
      ) as [Tensor, Tensor, Tensor];
      Object.assign(state.params, { [name]: param });
      Object.assign(state.m, { [name]: m });
      Object.assign(state.v, { [name]: v });
    }
    await value.data();
    await Promise.all(Object.values(state.params).map((param) => param.blockUntilReady()));
  }

  return {
    about: "jax-js 0.1.25, WebAssembly",
    async gradients() {
      const [value, grads] = gradients(tree.ref(state.params), tree.ref(inputs)) as [Tensor, Tensors];
      const data: Record<string, Float32Array> = {};
      for (const [name, grad] of Object.entries(grads)) data[name] = (await grad.data()) as Float32Array;
      return { loss: (await value.data())[0]!, gradients: data };
    },
    async train(steps) {
      for (let i = 0; i < steps; i++) await step();
    },
  };
}

await serve("jax-js", start);
