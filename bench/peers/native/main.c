/* The hand-written C peer: the line protocol of bench/peer.ts around rnn.c and maze.c. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct { Network *network; int steps; int train; } Work;

static void step(void *context, int thread) {
  Work *work = context;
  Network *network = work->network;
  for (int i = 0; i < work->steps; i++) {
    network->gradients(network, thread);
    if (work->train) network->update(network, thread);
  }
}

/* Writes every gradient, prints the loss before and after two steps of Adam. */
static void check(Team *team, Network *network, const char *directory) {
  team_run(team, step, &(Work){network, 1, 0});
  double loss = network->loss;
  for (int i = 0; i < network->param_count; i++) write_gradient(&network->params[i], directory);
  team_run(team, step, &(Work){network, 2, 1});
  team_run(team, step, &(Work){network, 1, 0});
  printf("{\"loss\": %.9g, \"trained\": %.9g}\n", loss, network->loss);
}

int main(int argc, char **argv) {
  const char *problem = NULL, *directory = NULL;
  int threads = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--problem")) problem = argv[i + 1];
    else if (!strcmp(argv[i], "--threads")) threads = atoi(argv[i + 1]);
    else if (!strcmp(argv[i], "--check")) directory = argv[i + 1];
  }
  if (!problem) fail("missing option", "--problem DIRECTORY");
  if (threads < 1 || threads > MAX_THREADS) fail("--threads must be 1 to 64, got", argv[argc - 1]);
  open_problem(problem);
  Team *team = new_team(threads);
  Network *network = !strcmp(problem_kind(), "rnn") ? new_rnn(team, threads) : new_maze(team, threads);
  if (directory) {
    check(team, network, directory);
    return 0;
  }

  double until = now_ms() + 300;
  do team_run(team, step, &(Work){network, 1, 1});
  while (now_ms() < until);
  printf("ready {\"name\": \"native\", \"about\": \"C, gcc %s, %d-lane vectors\", \"threads\": %d}\n", __VERSION__, LANES, threads);
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin) && strncmp(line, "quit", 4)) {
    Work work = {network, atoi(line + 4), 1};
    double start = now_ms();
    team_run(team, step, &work);
    printf("{\"ms\": %.6f}\n", (now_ms() - start) / work.steps);
    fflush(stdout);
  }
  printf("{\"peakMB\": %.1f}\n", peak_mb());
  return 0;
}
