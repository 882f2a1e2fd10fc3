#define _GNU_SOURCE
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static char folder[4096], kind[32];
static struct { char name[32]; double value; } sizes[32];
static int size_count;

void fail(const char *what, const char *name) {
  fprintf(stderr, "native: %s: %s\n", what, name);
  exit(1);
}

double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec * 1e-6;
}

double peak_mb(void) {
  char line[256];
  double kb = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmHWM: %lf", &kb);
  if (file) fclose(file);
  return kb / 1024;
}

float *allocate(size_t count) {
  static char *next, *end;
  /* Arrays that are read side by side must not start in the same cache set: 9 lines between them. */
  size_t bytes = (count * sizeof(float) + 63) / 64 * 64 + 9 * 64;
  if (bytes > (size_t)(end - next)) {
    size_t huge = 2 << 20, block = (bytes + huge - 1) / huge * huge;
    if (block < 8 * huge) block = 8 * huge;
    next = aligned_alloc(huge, block);
    if (!next) fail("out of memory", "allocate");
    end = next + block;
    madvise(next, block, MADV_HUGEPAGE);
  }
  float *result = (float *)next;
  next += bytes;
  memset(result, 0, count * sizeof(float));
  return result;
}

void open_problem(const char *directory) {
  char path[5000];
  snprintf(folder, sizeof folder, "%s", directory);
  snprintf(path, sizeof path, "%s/problem.txt", folder);
  FILE *file = fopen(path, "r");
  if (!file) fail("cannot open", path);
  if (fscanf(file, "kind %31s", kind) != 1) fail("no kind in", path);
  while (size_count < 32 && fscanf(file, "%31s %lf", sizes[size_count].name, &sizes[size_count].value) == 2) size_count++;
  fclose(file);
}

const char *problem_kind(void) { return kind; }

double problem_size(const char *name) {
  for (int i = 0; i < size_count; i++)
    if (!strcmp(sizes[i].name, name)) return sizes[i].value;
  fail("problem.txt has no", name);
  return 0;
}

float *read_matrix(const char *name, int rows, int cols) {
  char path[5000];
  snprintf(path, sizeof path, "%s/%s.f32", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file) fail("cannot open", path);
  int stride = padded(cols);
  float *data = allocate((size_t)padded_rows(rows) * stride);
  for (int i = 0; i < rows; i++)
    if (fread(data + (size_t)i * stride, sizeof(float), cols, file) != (size_t)cols) fail("too short", path);
  fclose(file);
  return data;
}

static Param with_moments(const char *name, int rows, int cols, int transposed, float *data) {
  int stride = padded(cols);
  size_t count = (size_t)padded_rows(rows) * stride;
  return (Param){name, rows, cols, stride, transposed, data, allocate(count), allocate(count), allocate(count)};
}

Param read_param(const char *name, int rows, int cols) {
  return with_moments(name, rows, cols, 0, read_matrix(name, rows, cols));
}

Param read_transposed_param(const char *name, int rows, int cols) {
  const float *file = read_matrix(name, rows, cols);
  float *data = allocate((size_t)padded_rows(cols) * padded(rows));
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < cols; j++) data[(size_t)j * padded(rows) + i] = file[(size_t)i * padded(cols) + j];
  return with_moments(name, cols, rows, 1, data);
}

void write_gradient(const Param *param, const char *directory) {
  char path[5000];
  snprintf(path, sizeof path, "%s/%s.f32", directory, param->name);
  FILE *file = fopen(path, "wb");
  if (!file) fail("cannot write", path);
  int outer = param->transposed ? param->cols : param->rows, inner = param->transposed ? param->rows : param->cols;
  for (int i = 0; i < outer; i++)
    for (int j = 0; j < inner; j++) {
      size_t at = param->transposed ? (size_t)j * param->stride + i : (size_t)i * param->stride + j;
      fwrite(param->grad + at, sizeof(float), 1, file);
    }
  fclose(file);
}
