#include "common.h"
#include <math.h>

/* Rows of x and d that are summed before the tile of `out` is stored: a panel of d then stays in the first cache. */
#define CHUNK 128

/* A tile of 4 rows and V vectors of `out`, held in registers. */
#define TILE(V)                                                                                            \
  static void tile##V(float *out, const float *x, int x_stride, const float *d, int stride, int rows, int add) { \
    vec sum[4][V];                                                                                         \
    for (int i = 0; i < 4; i++)                                                                            \
      for (int v = 0; v < V; v++) sum[i][v] = add ? load(out + i * stride + v * LANES) : (vec){};          \
    for (int r = 0; r < rows; r++, x += x_stride, d += stride) {                                           \
      vec column[V];                                                                                       \
      for (int v = 0; v < V; v++) column[v] = load(d + v * LANES);                                         \
      for (int i = 0; i < 4; i++)                                                                          \
        for (int v = 0; v < V; v++) sum[i][v] += x[i] * column[v];                                         \
    }                                                                                                      \
    for (int i = 0; i < 4; i++)                                                                            \
      for (int v = 0; v < V; v++) store(out + i * stride + v * LANES, sum[i][v]);                          \
  }
TILE(1)
TILE(2)
TILE(3)

void outer_sum(float *out, int from, int to, const float *x, int x_stride, const float *d, int stride, int rows, int add) {
  for (int r = 0; r < rows; r += CHUNK) {
    int count = rows - r < CHUNK ? rows - r : CHUNK;
    int more = add || r > 0;
    const float *xr = x + (size_t)r * x_stride, *dr = d + (size_t)r * stride;
    for (int j = 0; j < stride;) {
      int vectors = (stride - j) / LANES;
      if (vectors > 3) vectors = 3;
      for (int i = from; i < to; i += 4) {
        float *at = out + (size_t)i * stride + j;
        if (vectors == 3) tile3(at, xr + i, x_stride, dr + j, stride, count, more);
        else if (vectors == 2) tile2(at, xr + i, x_stride, dr + j, stride, count, more);
        else tile1(at, xr + i, x_stride, dr + j, stride, count, more);
      }
      j += vectors * LANES;
    }
  }
}

AdamScale adam_scale(double lr, long step) {
  return (AdamScale){(float)(lr / (1 - pow(0.9, step))), (float)(1 / sqrt(1 - pow(0.999, step)))};
}

void adam(Param *param, size_t from, size_t to, AdamScale scale) {
  float *restrict data = param->data, *restrict m = param->m, *restrict v = param->v;
  const float *restrict grad = param->grad;
  for (size_t i = from; i < to; i++) {
    float g = grad[i];
    m[i] = 0.9f * m[i] + 0.1f * g;
    v[i] = 0.999f * v[i] + 0.001f * g * g;
    data[i] -= scale.size * m[i] / (sqrtf(v[i]) * scale.root + 1e-8f);
  }
}
