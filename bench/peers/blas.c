/*
 * OpenBLAS for bench/dense.ts: for each line "rows cols inner transposeA transposeB times" on stdin, a line with the seconds that
 * so many products c += a b took. Declared here, so that the library is enough and no headers are needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { rowMajor = 101, plain = 111, transposed = 112 };
void cblas_sgemm(int order, int transposeA, int transposeB, int rows, int cols, int inner, float alpha, const float *a, int aStride,
                 const float *b, int bStride, float beta, float *c, int cStride);
char *openblas_get_config(void);

static float *numbers(size_t count) {
  float *all = malloc(count * sizeof(float));
  for (size_t i = 0; i < count; i++) all[i] = (float)(i % 17) / 16 - 0.5f;
  return all;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(void) {
  int rows, cols, inner, ta, tb, times;
  printf("%s\n", openblas_get_config());
  fflush(stdout);
  while (scanf("%d %d %d %d %d %d", &rows, &cols, &inner, &ta, &tb, &times) == 6) {
    float *a = numbers((size_t)rows * inner), *b = numbers((size_t)inner * cols), *c = numbers((size_t)rows * cols);
    double begun = 0;
    /* Once before the clock runs: caches, pages and threads are there. */
    for (int i = -1; i < times; i++) {
      if (i == 0) begun = now();
      cblas_sgemm(rowMajor, ta ? transposed : plain, tb ? transposed : plain, rows, cols, inner, 0.001f, a, ta ? rows : inner, b,
                  tb ? inner : cols, 1, c, cols);
    }
    printf("%.9f\n", now() - begun);
    fflush(stdout);
    free(a), free(b), free(c);
  }
}
