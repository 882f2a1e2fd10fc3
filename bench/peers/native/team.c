#include "common.h"
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct Team {
  int threads;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  long jobs;
  int running;
  Job job;
  void *context;
  _Alignas(64) atomic_int arrived;
  _Alignas(64) atomic_int round;
};
typedef struct { Team *team; int thread; } Worker;

static void *work(void *argument) {
  Worker self = *(Worker *)argument;
  Team *team = self.team;
  for (long done = 0;; done++) {
    pthread_mutex_lock(&team->lock);
    while (team->jobs == done) pthread_cond_wait(&team->changed, &team->lock);
    pthread_mutex_unlock(&team->lock);
    team->job(team->context, self.thread);
    pthread_mutex_lock(&team->lock);
    team->running--;
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
  }
  return NULL;
}

Team *new_team(int threads) {
  Team *team = aligned_alloc(64, (sizeof *team + 63) / 64 * 64);
  memset(team, 0, sizeof *team);
  team->threads = threads;
  pthread_mutex_init(&team->lock, NULL);
  pthread_cond_init(&team->changed, NULL);
  static Worker workers[MAX_THREADS];
  for (int k = 1; k < threads; k++) {
    workers[k] = (Worker){team, k};
    pthread_t handle;
    if (pthread_create(&handle, NULL, work, &workers[k])) fail("cannot start a thread", "pthread_create");
  }
  return team;
}

void team_run(Team *team, Job job, void *context) {
  pthread_mutex_lock(&team->lock);
  team->job = job;
  team->context = context;
  team->running = team->threads - 1;
  team->jobs++;
  pthread_cond_broadcast(&team->changed);
  pthread_mutex_unlock(&team->lock);
  job(context, 0);
  pthread_mutex_lock(&team->lock);
  while (team->running) pthread_cond_wait(&team->changed, &team->lock);
  pthread_mutex_unlock(&team->lock);
}

void meet(Team *team) {
  if (team->threads == 1) return;
  int round = atomic_load_explicit(&team->round, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&team->arrived, 1, memory_order_acq_rel) == team->threads - 1) {
    atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
    atomic_store_explicit(&team->round, round + 1, memory_order_release);
    return;
  }
  for (int spins = 0; atomic_load_explicit(&team->round, memory_order_acquire) == round; spins++) {
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
    /* The other thread may have lost its core to another process. */
    if (spins > 4000) sched_yield();
  }
}
