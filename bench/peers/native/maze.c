/*
 * The maze core of a batch of episodes; equations in bench/problem.ts. Threads share the episodes and meet only at the
 * end: every thread sums gradients of its own.
 */
#include "common.h"
#include <math.h>
#include <stdlib.h>

/* Steps between the traces that are kept; those between are computed again. What a segment needs fits the second cache. */
#define SEGMENT 6
#define ROWS 2

enum { W, ALPHA, ETA, I2H, I2H_BIAS, H2O, H2O_BIAS, H2V, H2V_BIAS, PARAMS };

typedef struct {
  int from, to;
  float *h, *dz;            /* [steps + 1, stride]: h[t] is the state before step t; [steps, stride] */
  float *d_out;             /* [steps, stride]: dL/dh(t) that comes from logits and value */
  float *kept, *segment;    /* [steps / SEGMENT, n, stride], [SEGMENT, n, stride] */
  float *adjoint, *received;
  float *grads[PARAMS];
  double loss, d_eta;
} Share;

typedef struct {
  Network network;
  Team *team;
  int threads, n, stride, steps, batch, features, actions;
  size_t matrix;            /* floats of a trace */
  double lr;
  long updates;
  Param params[PARAMS];
  float *x, *ca, *cv;       /* rows [batch * steps] */
  Share shares[MAX_THREADS];
} Maze;

INLINE vec clip(vec v) { return larger(smaller(v, splat(1)), splat(-1)); }

/* next = clip(H + eta * outer(pre, post)); with `read`, also z += post @ (w + alpha * next). */
INLINE void sweep(const Maze *net, const float *h, float *next, const float *pre, const float *post, float *z, const int read) {
  int stride = net->stride;
  float eta = net->params[ETA].data[0];
  for (int i = 0; i < net->n; i += ROWS) {
    size_t at = (size_t)i * stride;
    const float *w = net->params[W].data + at, *alpha = net->params[ALPHA].data + at;
    vec gain[ROWS], x[ROWS];
    for (int r = 0; r < ROWS; r++) gain[r] = splat(eta * pre[i + r]), x[r] = splat(post[i + r]);
    for (int j = 0; j < stride; j += LANES) {
      vec after = load(post + j), sum = read ? load(z + j) : after;
      for (int r = 0; r < ROWS; r++) {
        size_t k = (size_t)r * stride + j;
        vec new = clip(load(h + at + k) + gain[r] * after);
        store(next + at + k, new);
        if (read) sum += x[r] * (load(w + k) + load(alpha + k) * new);
      }
      if (read) store(z + j, sum);
    }
  }
}

static float dot(const float *a, const float *b, int count) {
  float sum = 0;
  for (int i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

/* Logits, value, loss and their adjoints at one step. */
static void outputs(const Maze *net, Share *own, int t, int row) {
  int n = net->n, stride = net->stride;
  const float *h = own->h + (size_t)(t + 1) * stride, *ca = net->ca + (size_t)row * padded(net->actions);
  const float *h2v = net->params[H2V].data, cv = net->cv[(size_t)row * padded(1)];
  float *d_out = own->d_out + (size_t)t * stride;
  own->loss += (dot(h, h2v, n) + net->params[H2V_BIAS].data[0]) * cv;
  for (int j = 0; j < stride; j++) d_out[j] = cv * h2v[j];
  for (int a = 0; a < net->actions; a++) {
    const float *h2o = net->params[H2O].data + (size_t)a * stride;
    own->loss += (dot(h, h2o, n) + net->params[H2O_BIAS].data[a]) * ca[a];
    for (int j = 0; j < stride; j++) d_out[j] += ca[a] * h2o[j];
  }
}

static void forward(const Maze *net, Share *own, int episode) {
  int stride = net->stride;
  const float *bias = net->params[I2H_BIAS].data;
  float *trace = own->segment;
  memset(trace, 0, net->matrix * sizeof(float));
  for (int t = 0; t < net->steps; t++) {
    int row = episode * net->steps + t;
    const float *x = net->x + (size_t)row * padded(net->features);
    float *h = own->h + (size_t)t * stride, *new = h + stride;
    memcpy(new, bias, stride * sizeof(float));
    for (int f = 0; f < net->features; f++) {
      const float *i2h = net->params[I2H].data + (size_t)f * stride;
      for (int j = 0; j < stride; j++) new[j] += x[f] * i2h[j];
    }
    if (t > 0) sweep(net, trace, trace, h - stride, h, new, 1);
    if (t % SEGMENT == 0) memcpy(own->kept + t / SEGMENT * net->matrix, trace, net->matrix * sizeof(float));
    for (int j = 0; j < stride; j++) new[j] = tanhf(new[j]);
    outputs(net, own, t, row);
  }
}

/*
 * The adjoint of the read of step t and of the update before it: `adjoint` holds dL/d(H(t+1) before its clip) and
 * receives dL/d(H(t) before its clip). dh is replaced by dL/dh(t-1), but for what the outputs add.
 */
static void backward_sweep(const Maze *net, Share *own, const float *trace, int t, float *dh) {
  int stride = net->stride;
  const float *x = own->h + (size_t)t * stride, *pre = x - stride, *dz = own->dz + (size_t)t * stride;
  float eta = net->params[ETA].data[0];
  float columns[stride] __attribute__((aligned(64)));
  memset(columns, 0, sizeof columns);
  for (int i = 0; i < net->n; i += ROWS) {
    size_t at = (size_t)i * stride;
    const float *w = net->params[W].data + at, *alpha = net->params[ALPHA].data + at, *h0 = trace + at;
    float *adjoint = own->adjoint + at, *d_alpha = own->grads[ALPHA] + at;
    vec read[ROWS], before[ROWS], read_sum[ROWS] = {}, update_sum[ROWS] = {};
    for (int r = 0; r < ROWS; r++) read[r] = splat(x[i + r]), before[r] = splat(pre[i + r]);
    for (int j = 0; j < stride; j += LANES) {
      vec d = load(dz + j), after = load(x + j), column = load(columns + j);
      for (int r = 0; r < ROWS; r++) {
        size_t k = (size_t)r * stride + j;
        vec h = load(h0 + k), a = load(alpha + k), p = read[r] * d;
        read_sum[r] += (load(w + k) + a * h) * d;
        store(d_alpha + k, load(d_alpha + k) + h * p);
        vec g = load(adjoint + k) + a * p;
        /* Nothing passes where the clip held the trace on its bound. */
        g = keep_where(h * h < splat(1), g);
        store(adjoint + k, g);
        update_sum[r] += g * after;
        column += g * before[r];
      }
      store(columns + j, column);
    }
    for (int r = 0; r < ROWS; r++) {
      dh[i + r] = total(read_sum[r]) + eta * own->received[i + r];
      own->received[i + r] = total(update_sum[r]);
      own->d_eta += own->received[i + r] * pre[i + r];
    }
  }
  for (int j = 0; j < stride; j++) dh[j] += eta * columns[j];
}

static void backward(const Maze *net, Share *own, int episode) {
  int stride = net->stride, steps = net->steps;
  float dh[stride] __attribute__((aligned(64)));
  memset(dh, 0, sizeof dh);
  memset(own->adjoint, 0, net->matrix * sizeof(float));
  memset(own->received, 0, stride * sizeof(float));
  for (int first = (steps - 1) / SEGMENT * SEGMENT; first >= 0; first -= SEGMENT) {
    int end = first + SEGMENT < steps ? first + SEGMENT : steps;
    const float *traces[SEGMENT] = {own->kept + first / SEGMENT * net->matrix};
    for (int t = first + 1; t < end; t++) {
      float *next = own->segment + (size_t)(t - first) * net->matrix;
      const float *h = own->h + (size_t)t * stride;
      sweep(net, traces[t - first - 1], next, h - stride, h, NULL, 0);
      traces[t - first] = next;
    }
    for (int t = end - 1; t >= first; t--) {
      const float *y = own->h + (size_t)(t + 1) * stride, *d_out = own->d_out + (size_t)t * stride;
      float *dz = own->dz + (size_t)t * stride;
      for (int j = 0; j < stride; j++) dz[j] = (dh[j] + d_out[j]) * (1 - y[j] * y[j]);
      if (t > 0) backward_sweep(net, own, traces[t - first], t, dh);
    }
  }
  /* Weights as one product over all steps of the episode. */
  int actions = padded(net->actions), row = episode * steps, features = padded(net->features);
  int rows = padded_rows(net->n), narrow = padded_rows(net->actions);
  outer_sum(own->grads[W], 0, rows, own->h, stride, own->dz, stride, steps, 1);
  outer_sum(own->grads[I2H], 0, padded_rows(net->features), net->x + (size_t)row * features, features, own->dz, stride, steps, 1);
  outer_sum(own->grads[H2O], 0, narrow, net->ca + (size_t)row * actions, actions, own->h + stride, stride, steps, 1);
  outer_sum(own->grads[H2V], 0, 4, net->cv + (size_t)row * padded(1), padded(1), own->h + stride, stride, steps, 1);
  for (int t = 0; t < steps; t++) {
    const float *dz = own->dz + (size_t)t * stride, *ca = net->ca + (size_t)(row + t) * actions;
    for (int j = 0; j < stride; j++) own->grads[I2H_BIAS][j] += dz[j];
    for (int a = 0; a < net->actions; a++) own->grads[H2O_BIAS][a] += ca[a];
    own->grads[H2V_BIAS][0] += net->cv[(size_t)(row + t) * padded(1)];
  }
}

static size_t extent(const Param *param) { return (size_t)padded_rows(param->rows) * param->stride; }

/* The part of a parameter whose sums and Adam step are this thread's. */
static size_t boundary(const Param *param, int thread, int threads) {
  return extent(param) / LANES * thread / threads * LANES;
}

static void gradients(Network *network, int thread) {
  Maze *net = (Maze *)network;
  Share *own = &net->shares[thread];
  own->loss = own->d_eta = 0;
  for (int i = 0; i < PARAMS; i++) memset(own->grads[i], 0, extent(&net->params[i]) * sizeof(float));
  for (int episode = own->from; episode < own->to; episode++) {
    forward(net, own, episode);
    backward(net, own, episode);
  }
  own->grads[ETA][0] = (float)own->d_eta;
  meet(net->team);
  for (int i = 0; i < PARAMS; i++) {
    Param *param = &net->params[i];
    size_t to = boundary(param, thread + 1, net->threads);
    for (size_t e = boundary(param, thread, net->threads); e < to; e++) {
      float sum = 0;
      for (int k = 0; k < net->threads; k++) sum += net->shares[k].grads[i][e];
      param->grad[e] = sum;
    }
  }
  if (thread == 0) {
    network->loss = 0;
    for (int k = 0; k < net->threads; k++) network->loss += net->shares[k].loss;
  }
  meet(net->team);
}

static void update(Network *network, int thread) {
  Maze *net = (Maze *)network;
  AdamScale scale = adam_scale(net->lr, net->updates + 1);
  for (int i = 0; i < PARAMS; i++) {
    Param *param = &net->params[i];
    adam(param, boundary(param, thread, net->threads), boundary(param, thread + 1, net->threads), scale);
  }
  meet(net->team);
  if (thread == 0) net->updates++;
  meet(net->team);
}

/* [steps, batch, cols] as the file has it -> rows of one episode side by side. */
static float *read_by_episode(const Maze *net, const char *name, int cols) {
  int stride = padded(cols), rows = net->steps * net->batch;
  const float *file = read_matrix(name, rows, cols);
  float *data = allocate((size_t)padded_rows(rows) * stride);
  for (int t = 0; t < net->steps; t++)
    for (int b = 0; b < net->batch; b++)
      memcpy(data + (size_t)(b * net->steps + t) * stride, file + (size_t)(t * net->batch + b) * stride, stride * sizeof(float));
  return data;
}

Network *new_maze(Team *team, int threads) {
  Maze *net = calloc(1, sizeof *net);
  int n = net->n = (int)problem_size("neurons"), stride = net->stride = padded(n);
  net->team = team;
  net->threads = threads;
  net->steps = (int)problem_size("steps");
  net->batch = (int)problem_size("batch");
  net->features = (int)problem_size("features");
  net->actions = (int)problem_size("actions");
  net->matrix = (size_t)padded_rows(n) * stride;
  net->lr = problem_size("lr");
  Param params[PARAMS] = {
    [W] = read_param("w", n, n), [ALPHA] = read_param("alpha", n, n), [ETA] = read_param("eta", 1, 1),
    [I2H] = read_param("i2h", net->features, n), [I2H_BIAS] = read_param("i2hBias", 1, n),
    [H2O] = read_transposed_param("h2o", n, net->actions), [H2O_BIAS] = read_param("h2oBias", 1, net->actions),
    [H2V] = read_param("h2v", 1, n), [H2V_BIAS] = read_param("h2vBias", 1, 1),
  };
  memcpy(net->params, params, sizeof params);
  net->x = read_by_episode(net, "x", net->features);
  net->ca = read_by_episode(net, "ca", net->actions);
  net->cv = read_by_episode(net, "cv", 1);
  for (int k = 0; k < threads; k++) {
    Share *own = &net->shares[k];
    own->from = net->batch * k / threads;
    own->to = net->batch * (k + 1) / threads;
    own->h = allocate((size_t)(net->steps + 1) * stride);
    own->dz = allocate((size_t)net->steps * stride);
    own->d_out = allocate((size_t)net->steps * stride);
    own->kept = allocate((size_t)(net->steps / SEGMENT + 1) * net->matrix);
    own->segment = allocate(SEGMENT * net->matrix);
    own->adjoint = allocate(net->matrix);
    own->received = allocate(stride);
    for (int i = 0; i < PARAMS; i++) own->grads[i] = allocate(extent(&net->params[i]));
  }
  net->network = (Network){gradients, update, net->params, PARAMS, 0};
  return &net->network;
}
