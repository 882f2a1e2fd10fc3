/**
 * The runtime's threads, in C: they run recorded programs, as ../wasm/executor.ts does, with words of eight bytes. A program is
 * a list of stages in memory; threads meet at a barrier after each, where they spin for a while, then sleep.
 */
export const runtimeThreads = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#if defined(__linux__) && !defined(HEBBIAN_PORTABLE_WAIT)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#define HAS_FUTEX 1
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

typedef int64_t word;
typedef void (*kernel)(word args, word from, word to, word thread);

/* Entries of the table of kernels; pages that are not used cost nothing. */
#define TABLE_ENTRIES (1 << 20)
/* How long a thread looks at a word before it sleeps: waking it takes about fifty microseconds. */
#define SPIN_NANOSECONDS 100000

/* A counter that threads wait on, in cache lines of its own. */
struct signal {
  _Alignas(128) atomic_uint value;
  _Alignas(128) atomic_int sleepers;
#ifndef HAS_FUTEX
  pthread_mutex_t mutex;
  pthread_cond_t changed;
#endif
};

struct engine {
  struct signal start, generation;
  _Alignas(128) atomic_int arrived;
  /* What the threads run: 0 asks them to end. */
  _Alignas(128) word program;
  int threads;
  pthread_t *workers;
  kernel *table;
  char *arena;
  size_t reserved, usable;
};

static void pause_a_little(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_while(struct signal *s, unsigned expected) {
  atomic_fetch_add(&s->sleepers, 1);
#ifdef HAS_FUTEX
  while (atomic_load(&s->value) == expected)
    syscall(SYS_futex, &s->value, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
#else
  pthread_mutex_lock(&s->mutex);
  while (atomic_load(&s->value) == expected) pthread_cond_wait(&s->changed, &s->mutex);
  pthread_mutex_unlock(&s->mutex);
#endif
  atomic_fetch_sub(&s->sleepers, 1);
}

static void await_change(struct signal *s, unsigned expected) {
  int64_t end = 0;
  for (;;) {
    for (int i = 0; i < 64; i++) {
      if (atomic_load_explicit(&s->value, memory_order_acquire) != expected) return;
      pause_a_little();
    }
    int64_t now = nanoseconds();
    if (end == 0) end = now + SPIN_NANOSECONDS;
    else if (now > end) break;
  }
  sleep_while(s, expected);
}

static void announce(struct signal *s) {
#ifdef HAS_FUTEX
  atomic_fetch_add(&s->value, 1);
  if (atomic_load(&s->sleepers)) syscall(SYS_futex, &s->value, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
#else
  /* With the mutex, so that nobody falls asleep between looking and waiting. */
  pthread_mutex_lock(&s->mutex);
  atomic_fetch_add(&s->value, 1);
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->mutex);
#endif
}

static void barrier(struct engine *e, int threads) {
  unsigned generation = atomic_load(&e->generation.value);
  if (atomic_fetch_add(&e->arrived, 1) + 1 == threads) {
    atomic_store(&e->arrived, 0);
    announce(&e->generation);
  } else await_change(&e->generation, generation);
}

static word smaller(word a, word b) { return a < b ? a : b; }

/* A stage: count, extent, grain, group, serial; then commands: kernel, arguments, extent. A count of 0 ends a program. */
static void execute(struct engine *e, word program, int threads, int thread) {
  const word *stage = (const word *)(intptr_t)program;
  word count = stage[0];
  while (count) {
    word extent = stage[1], grain = stage[2], group = stage[3];
    const word *first = stage + 5, *end = first + 3 * count;
    if (stage[4]) {
      if (thread == 0)
        for (const word *c = first; c < end; c += 3) e->table[c[0]](c[1], 0, c[2], 0);
    } else {
      word share = (extent + threads - 1) / threads;
      share = (share + grain - 1) / grain * grain;
      word low = smaller(thread * share, extent), high = smaller(low + share, extent), from = low;
      /* At least once: a thread without a share still clears its partial sums. */
      do {
        word to = smaller(from + group, high);
        for (const word *c = first; c < end; c += 3) e->table[c[0]](c[1], from, to, thread);
        from = to;
      } while (from < high);
    }
    /* Before the barrier: once past the last one, the host may already be writing the next program here. */
    stage = end;
    count = stage[0];
    if (threads > 1) barrier(e, threads);
  }
}

struct role {
  struct engine *engine;
  int thread;
};

static void *work(void *given) {
  struct role role = *(struct role *)given;
  free(given);
  struct engine *e = role.engine;
  /* Nothing was announced before the first thread was made. */
  for (unsigned seen = 0;; seen++) {
    await_change(&e->start, seen);
    if (!e->program) return NULL;
    execute(e, e->program, e->threads, role.thread);
  }
}

static void init_signal(struct signal *s) {
  atomic_init(&s->value, 0);
  atomic_init(&s->sleepers, 0);
#ifndef HAS_FUTEX
  pthread_mutex_init(&s->mutex, NULL);
  pthread_cond_init(&s->changed, NULL);
#endif
}

/* Starts threads until there are as many, or the system has no more. */
static void start_threads(struct engine *e, int wanted) {
  sigset_t all, before;
  sigfillset(&all);
  /* The host's signal handlers are for the host's threads. */
  pthread_sigmask(SIG_SETMASK, &all, &before);
  e->threads = 1;
  while (e->threads < wanted) {
    struct role *role = malloc(sizeof *role);
    if (!role) break;
    *role = (struct role){e, e->threads};
    if (pthread_create(&e->workers[e->threads], NULL, work, role)) {
      free(role);
      break;
    }
    e->threads++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void close_engine(void *given) {
  struct engine *e = given;
  e->program = 0;
  announce(&e->start);
  for (int i = 1; i < e->threads; i++) pthread_join(e->workers[i], NULL);
  munmap(e->arena, e->reserved);
  munmap(e->table, TABLE_ENTRIES * sizeof(kernel));
  free(e->workers);
  free(e);
}
`;
