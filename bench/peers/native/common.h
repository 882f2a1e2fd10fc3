/* What the hand-written C peer is built from: vectors, memory, problems, threads, and the parts that both networks share. */
#ifndef COMMON_H
#define COMMON_H

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#ifdef __AVX__
#include <immintrin.h>
#endif

#ifdef __AVX512F__
#define LANES 16
#else
#define LANES 8
#endif
typedef float vec __attribute__((vector_size(4 * LANES)));

#define MAX_THREADS 64
#define INLINE static inline __attribute__((always_inline))

typedef int mask __attribute__((vector_size(4 * LANES)));

INLINE vec load(const float *p) { return *(const vec *)p; }
INLINE void store(float *p, vec v) { *(vec *)p = v; }
INLINE vec splat(float x) { return (vec){} + x; }
INLINE vec keep_where(mask m, vec v) { return (vec)((mask)v & m); }
#if defined __AVX512F__
INLINE vec smaller(vec a, vec b) { return (vec)_mm512_min_ps((__m512)a, (__m512)b); }
INLINE vec larger(vec a, vec b) { return (vec)_mm512_max_ps((__m512)a, (__m512)b); }
#elif defined __AVX__
INLINE vec smaller(vec a, vec b) { return (vec)_mm256_min_ps((__m256)a, (__m256)b); }
INLINE vec larger(vec a, vec b) { return (vec)_mm256_max_ps((__m256)a, (__m256)b); }
#else
INLINE vec smaller(vec a, vec b) { return keep_where(a < b, a) + keep_where(a >= b, b); }
INLINE vec larger(vec a, vec b) { return keep_where(a > b, a) + keep_where(a <= b, b); }
#endif
INLINE float total(vec v) {
  float sum = 0;
  for (int i = 0; i < LANES; i++) sum += v[i];
  return sum;
}

/* Floats from one row to the next: whole vectors, but never a multiple of 4096 bytes (all rows in one cache set). */
INLINE int padded(int cols) {
  int stride = (cols + LANES - 1) / LANES * LANES;
  return stride % 1024 == 0 ? stride + LANES : stride;
}
/* Rows are processed up to four at once. */
INLINE int padded_rows(int rows) { return (rows + 3) / 4 * 4; }

/* problem.c: see bench/problem.ts for the format. */
void fail(const char *what, const char *name);
double now_ms(void);
double peak_mb(void);
/* Zeroed, on huge pages where the system has them; never freed. */
float *allocate(size_t count);
void open_problem(const char *directory);
const char *problem_kind(void);
double problem_size(const char *name);
/* Reads NAME.f32 of rows * cols numbers into rows of padded(cols). */
float *read_matrix(const char *name, int rows, int cols);

/* A trained matrix with its gradient and moments, all [rows, stride]; `transposed`: the files have it [cols, rows]. */
typedef struct {
  const char *name;
  int rows, cols, stride, transposed;
  float *data, *grad, *m, *v;
} Param;
Param read_param(const char *name, int rows, int cols);
/* Of a file [rows, cols] makes a matrix [cols, rows]. */
Param read_transposed_param(const char *name, int rows, int cols);
void write_gradient(const Param *param, const char *directory);

/* team.c: threads that run one function together and sleep in between. */
typedef struct Team Team;
typedef void (*Job)(void *context, int thread);
Team *new_team(int threads);
/* Calls job(context, k) on every thread k, the caller being thread 0, and returns when all have returned. */
void team_run(Team *team, Job job, void *context);
/* Inside a job: waits, spinning, until every thread is here. */
void meet(Team *team);

/* dense.c */
/* out[i, j] = (or +=) sum over r of x[r, i] * d[r, j], for rows i of `from` to `to` (multiples of 4) and d's whole stride. */
void outer_sum(float *out, int from, int to, const float *x, int x_stride, const float *d, int stride, int rows, int add);
typedef struct { float size, root; } AdamScale;
AdamScale adam_scale(double lr, long step);
/* Adam on elements `from` to `to`, multiples of LANES. */
void adam(Param *param, size_t from, size_t to, AdamScale scale);

/* A network under training. Both calls are made on all threads at once, and end with every thread done. */
typedef struct Network {
  void (*gradients)(struct Network *, int thread);
  void (*update)(struct Network *, int thread);
  Param *params;
  int param_count;
  double loss;
} Network;
Network *new_rnn(Team *team, int threads);
Network *new_maze(Team *team, int threads);

#endif
