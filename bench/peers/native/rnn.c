/*
 * The plastic RNN of one episode; equations in bench/problem.ts. Threads share the rows (pre neurons) of all matrices:
 * one sweep and one meeting a step, forward and backward. Every thread keeps its own copy of the vectors of all steps,
 * made from the same partial sums in the same order.
 */
#include "common.h"
#include <math.h>
#include <stdlib.h>

/* The trace is walked backwards where that magnifies rounding errors by less than this, else copies are kept. */
#define LARGEST_ERROR_GROWTH 100
#define FORWARD_ROWS 4
#define BACKWARD_ROWS 2

typedef struct {
  int from, to;
  float *x, *dz;           /* [steps + 1, stride]: x[t] is the state before step t; [steps, stride] */
  float *partial[2];       /* [stride] sums over own rows, of even and odd steps: nobody overwrites what another reads */
  float *received;         /* G(t+1) @ x[t+1] of own rows */
  double d_eta;
} Share;

typedef struct {
  Network network;
  Team *team;
  int threads, n, stride, steps, outputs, clamped;
  double lr;
  long updates;
  Param params[3];
  float *input, *target, *trace, *adjoint, *row_sums[2];
  float **saved;           /* by step, where a copy of the trace is kept */
  Share shares[MAX_THREADS];
} Rnn;

/* z += x @ (w + alpha * H) over own rows, after H <- decay * H + eta * outer(pre, post). */
INLINE void forward_sweep(Rnn *net, Share *own, int t, const int started) {
  int stride = net->stride;
  const float *x = own->x + (size_t)t * stride, *pre = x - stride, *post = x;
  float eta = net->params[2].data[0], *z = own->partial[t & 1];
  vec decay = splat(1 - eta);
  memset(z, 0, stride * sizeof(float));
  int blocks = (own->to - own->from) / FORWARD_ROWS;
  for (int block = 0; block < blocks; block++) {
    /* To and fro: the rows that were read last are still in the cache. */
    int i = own->from + FORWARD_ROWS * (t & 1 ? blocks - 1 - block : block);
    size_t at = (size_t)i * stride;
    const float *w = net->params[0].data + at, *alpha = net->params[1].data + at;
    float *trace = net->trace + at;
    vec read[FORWARD_ROWS], gain[FORWARD_ROWS];
    for (int r = 0; r < FORWARD_ROWS; r++) read[r] = splat(x[i + r]), gain[r] = splat(eta * pre[i + r]);
    for (int j = 0; j < stride; j += LANES) {
      vec sum = load(z + j), after = load(post + j);
      for (int r = 0; r < FORWARD_ROWS; r++) {
        size_t k = (size_t)r * stride + j;
        vec h = gain[r] * after;
        if (started) h += decay * load(trace + k);
        store(trace + k, h);
        sum += read[r] * (load(w + k) + load(alpha + k) * h);
      }
      store(z + j, sum);
    }
  }
}

static void forward_step(Rnn *net, Share *own, int t) {
  int stride = net->stride;
  const float *input = net->input + (size_t)t * stride;
  float *new = own->x + (size_t)(t + 1) * stride;
  memcpy(new, input, stride * sizeof(float));
  /* The state before step 0 is 0. */
  if (t > 0) {
    /* The trace is written for the first time at t = 1; what the last episode left there is not read. */
    if (t == 1) forward_sweep(net, own, t, 0);
    else forward_sweep(net, own, t, 1);
    size_t first = (size_t)own->from * stride, bytes = (size_t)(own->to - own->from) * stride * sizeof(float);
    if (net->saved[t]) memcpy(net->saved[t] + first, net->trace + first, bytes);
    meet(net->team);
    for (int k = 0; k < net->threads; k++) {
      const float *part = net->shares[k].partial[t & 1];
      for (int j = 0; j < stride; j++) new[j] += part[j];
    }
  }
  for (int j = 0; j < stride; j++) new[j] = tanhf(new[j]);
  if (net->clamped)
    for (int j = 0; j < stride; j++) new[j] = input[j] != 0 ? input[j] : new[j];
}

/*
 * The adjoint of the read of step t and of the update before it, with H(t) and G = dL/dH(t+1) in memory and dz(t) known.
 * Leaves H(t-1) and dL/dH(t).
 */
INLINE void backward_sweep(Rnn *net, Share *own, int t, const int last) {
  int stride = net->stride;
  const float *x = own->x + (size_t)t * stride, *dz = own->dz + (size_t)t * stride;
  const float *pre = x - stride, *post = x;
  float eta = net->params[2].data[0], *columns = own->partial[t & 1], *rows = net->row_sums[t & 1];
  vec decay = splat(1 - eta), growth = splat(1 / (1 - eta)), overlap = {};
  memset(columns, 0, stride * sizeof(float));
  int blocks = (own->to - own->from) / BACKWARD_ROWS;
  for (int block = 0; block < blocks; block++) {
    int i = own->from + BACKWARD_ROWS * (t & 1 ? blocks - 1 - block : block);
    size_t at = (size_t)i * stride;
    const float *w = net->params[0].data + at, *alpha = net->params[1].data + at;
    float *trace = net->trace + at, *adjoint = net->adjoint + at, *d_alpha = net->params[1].grad + at;
    vec read[BACKWARD_ROWS], before[BACKWARD_ROWS], undo[BACKWARD_ROWS];
    vec read_sum[BACKWARD_ROWS] = {}, update_sum[BACKWARD_ROWS] = {};
    for (int r = 0; r < BACKWARD_ROWS; r++) {
      read[r] = splat(x[i + r]);
      before[r] = splat(pre[i + r]);
      undo[r] = splat(eta / (1 - eta) * pre[i + r]);
    }
    for (int j = 0; j < stride; j += LANES) {
      vec d = load(dz + j), after = load(post + j), column = load(columns + j);
      for (int r = 0; r < BACKWARD_ROWS; r++) {
        size_t k = (size_t)r * stride + j;
        vec h = load(trace + k), a = load(alpha + k), p = read[r] * d, g = a * p;
        read_sum[r] += (load(w + k) + a * h) * d;
        if (last) {
          store(d_alpha + k, h * p);
        } else {
          vec old = load(adjoint + k);
          store(d_alpha + k, load(d_alpha + k) + h * p);
          overlap += old * h;
          g += decay * old;
        }
        store(adjoint + k, g);
        store(trace + k, growth * h - undo[r] * after);
        update_sum[r] += g * after;
        column += g * before[r];
      }
      store(columns + j, column);
    }
    for (int r = 0; r < BACKWARD_ROWS; r++) {
      rows[i + r] = total(read_sum[r]) + eta * own->received[i + r];
      own->received[i + r] = total(update_sum[r]);
      own->d_eta += (double)own->received[i + r] * pre[i + r];
    }
  }
  own->d_eta -= total(overlap);
}

static void backward(Rnn *net, Share *own) {
  int stride = net->stride, last = net->steps - 1;
  float eta = net->params[2].data[0];
  float dx[stride] __attribute__((aligned(64)));
  memset(dx, 0, sizeof dx);
  const float *final = own->x + (size_t)net->steps * stride;
  for (int j = 0; j < net->outputs; j++) dx[j] = 2 * (final[j] - net->target[j]);
  memset(own->received, 0, stride * sizeof(float));
  own->d_eta = 0;
  for (int t = last; t > 0; t--) {
    const float *y = own->x + (size_t)(t + 1) * stride, *input = net->input + (size_t)t * stride;
    float *dz = own->dz + (size_t)t * stride;
    for (int j = 0; j < stride; j++) dz[j] = dx[j] * (1 - y[j] * y[j]);
    if (net->clamped)
      for (int j = 0; j < stride; j++) dz[j] = input[j] != 0 ? 0 : dz[j];
    if (t == last) backward_sweep(net, own, t, 1);
    else backward_sweep(net, own, t, 0);
    size_t first = (size_t)own->from * stride, bytes = (size_t)(own->to - own->from) * stride * sizeof(float);
    if (net->saved[t - 1]) memcpy(net->trace + first, net->saved[t - 1] + first, bytes);
    meet(net->team);
    memcpy(dx, net->row_sums[t & 1], sizeof dx);
    for (int k = 0; k < net->threads; k++) {
      const float *part = net->shares[k].partial[t & 1];
      for (int j = 0; j < stride; j++) dx[j] += eta * part[j];
    }
  }
  /* Step 0 reads a state of 0: no share of it in dw. */
  outer_sum(net->params[0].grad, own->from, own->to, own->x + stride, stride, own->dz + stride, stride, last, 0);
}

/* Decides where copies of the trace are kept: at the end of every span of steps that may be walked backwards. */
static void plan(Rnn *net) {
  double eta = net->params[2].data[0];
  int span = net->steps;
  if (eta >= 1) span = 1;
  else if (eta > 0 && log(LARGEST_ERROR_GROWTH) < -log1p(-eta) * net->steps)
    span = (int)fmax(1, log(LARGEST_ERROR_GROWTH) / -log1p(-eta));
  for (int t = span - 1; t < net->steps; t += span)
    if (!net->saved[t] && t > 0) net->saved[t] = allocate((size_t)padded_rows(net->n) * net->stride);
}

static void gradients(Network *network, int thread) {
  Rnn *net = (Rnn *)network;
  Share *own = &net->shares[thread];
  if (thread == 0) plan(net);
  meet(net->team);
  for (int t = 0; t < net->steps; t++) forward_step(net, own, t);
  /* Both passes begin with the same step, and so with the same partial sums. */
  meet(net->team);
  backward(net, own);
  meet(net->team);
  if (thread != 0) return;
  double d_eta = 0;
  for (int k = 0; k < net->threads; k++) d_eta += net->shares[k].d_eta;
  net->params[2].grad[0] = (float)d_eta;
  const float *final = own->x + (size_t)net->steps * net->stride;
  network->loss = 0;
  for (int j = 0; j < net->outputs; j++) network->loss += pow(final[j] - net->target[j], 2);
}

static void update(Network *network, int thread) {
  Rnn *net = (Rnn *)network;
  Share *own = &net->shares[thread];
  AdamScale scale = adam_scale(net->lr, net->updates + 1);
  size_t from = (size_t)own->from * net->stride, to = (size_t)own->to * net->stride;
  for (int i = 0; i < 2; i++) adam(&net->params[i], from, to, scale);
  meet(net->team);
  if (thread == 0) {
    adam(&net->params[2], 0, LANES, scale);
    net->updates++;
  }
  meet(net->team);
}

Network *new_rnn(Team *team, int threads) {
  Rnn *net = calloc(1, sizeof *net);
  int n = net->n = (int)problem_size("neurons"), stride = net->stride = padded(n), rows = padded_rows(n);
  net->team = team;
  net->threads = threads;
  net->steps = (int)problem_size("steps");
  net->outputs = (int)problem_size("outputs");
  net->clamped = (int)problem_size("clamped");
  net->lr = problem_size("lr");
  net->params[0] = read_param("w", n, n);
  net->params[1] = read_param("alpha", n, n);
  net->params[2] = read_param("eta", 1, 1);
  net->input = read_matrix("input", net->steps, n);
  net->target = read_matrix("target", 1, net->outputs);
  net->trace = allocate((size_t)rows * stride);
  net->adjoint = allocate((size_t)rows * stride);
  for (int i = 0; i < 2; i++) net->row_sums[i] = allocate(stride);
  net->saved = calloc(net->steps, sizeof *net->saved);
  for (int k = 0; k < threads; k++) {
    Share *own = &net->shares[k];
    own->from = rows / 4 * k / threads * 4;
    own->to = rows / 4 * (k + 1) / threads * 4;
    own->x = allocate((size_t)(net->steps + 1) * stride);
    own->dz = allocate((size_t)net->steps * stride);
    for (int i = 0; i < 2; i++) own->partial[i] = allocate(stride);
    own->received = allocate(stride);
  }
  net->network = (Network){gradients, update, net->params, 3, 0};
  return &net->network;
}
