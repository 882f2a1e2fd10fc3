/**
 * The runtime's functions for JavaScript, in C: opening an engine, its memory, its table of kernels, running a program.
 *
 * What it needs of Node-API is declared here. These functions are part of an ABI that is promised not to change, and without
 * headers there is nothing to be found (or not) on the user's machine. See docs/decisions/010-native-device.md.
 */
export const runtimeApi = `
/* What is used of Node-API. */
typedef struct napi_env_struct *napi_env;
typedef struct napi_value_struct *napi_value;
typedef struct napi_info_struct *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
typedef void (*napi_finalize)(napi_env, void *, void *);
int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
int napi_set_named_property(napi_env, napi_value, const char *, napi_value);
int napi_get_value_double(napi_env, napi_value, double *);
int napi_get_value_bool(napi_env, napi_value, _Bool *);
int napi_get_value_string_utf8(napi_env, napi_value, char *, size_t, size_t *);
int napi_create_double(napi_env, double, napi_value *);
int napi_create_string_utf8(napi_env, const char *, size_t, napi_value *);
int napi_create_external_arraybuffer(napi_env, void *, size_t, napi_finalize, void *, napi_value *);
int napi_throw_error(napi_env, const char *, const char *);
int napi_add_env_cleanup_hook(napi_env, void (*)(void *), void *);
int napi_remove_env_cleanup_hook(napi_env, void (*)(void *), void *);

/* Arguments and results. */
#define MAX_ARGS 4
static int arguments(napi_env env, napi_callback_info info, napi_value *args) {
  size_t count = MAX_ARGS;
  return napi_get_cb_info(env, info, &count, args, NULL, NULL);
}
static double number(napi_env env, napi_value value) {
  double result = 0;
  napi_get_value_double(env, value, &result);
  return result;
}
static _Bool truth(napi_env env, napi_value value) {
  _Bool result = 0;
  napi_get_value_bool(env, value, &result);
  return result;
}
static struct engine *engine_of(napi_env env, napi_value value) {
  return (struct engine *)(uintptr_t)number(env, value);
}
static napi_value from_number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}
static napi_value fail(napi_env env, const char *what, const char *why) {
  char message[1024];
  snprintf(message, sizeof message, "%s: %s", what, why);
  napi_throw_error(env, NULL, message);
  return NULL;
}

/* open(bytes to reserve, threads): an engine. */
static napi_value js_open(napi_env env, napi_callback_info info) {
  napi_value args[MAX_ARGS];
  arguments(env, info, args);
  size_t reserved = (size_t)number(env, args[0]);
  int wanted = (int)number(env, args[1]);
  struct engine *e = NULL;
  if (posix_memalign((void **)&e, 128, sizeof *e)) return fail(env, "open", "no memory");
  memset(e, 0, sizeof *e);
  init_signal(&e->start);
  init_signal(&e->generation);
  e->workers = calloc((size_t)wanted, sizeof *e->workers);
  e->reserved = reserved;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  e->arena = mmap(NULL, reserved, PROT_NONE, flags, -1, 0);
  e->table = mmap(NULL, TABLE_ENTRIES * sizeof(kernel), PROT_READ | PROT_WRITE, flags, -1, 0);
  if (!e->workers || e->arena == MAP_FAILED || e->table == MAP_FAILED) {
    const char *why = strerror(errno);
    if (e->arena != MAP_FAILED) munmap(e->arena, reserved);
    if (e->table != MAP_FAILED) munmap(e->table, TABLE_ENTRIES * sizeof(kernel));
    free(e->workers);
    free(e);
    return fail(env, "addresses could not be reserved", why);
  }
  start_threads(e, wanted);
  napi_add_env_cleanup_hook(env, close_engine, e);
  return from_number(env, (double)(uintptr_t)e);
}

static napi_value js_threads(napi_env env, napi_callback_info info) {
  napi_value args[MAX_ARGS];
  arguments(env, info, args);
  return from_number(env, engine_of(env, args[0])->threads);
}

/* start(engine): the arena's first address. */
static napi_value js_start(napi_env env, napi_callback_info info) {
  napi_value args[MAX_ARGS];
  arguments(env, info, args);
  return from_number(env, (double)(uintptr_t)engine_of(env, args[0])->arena);
}

/* grow(engine, bytes): makes so many bytes of the arena usable. */
static napi_value js_grow(napi_env env, napi_callback_info info) {
  napi_value args[MAX_ARGS];
  arguments(env, info, args);
  struct engine *e = engine_of(env, args[0]);
  size_t bytes = (size_t)number(env, args[1]);
  if (bytes <= e->usable) return NULL;
  if (bytes > e->reserved) return fail(env, "grow", "more than was reserved");
  char *from = e->arena + e->usable;
  if (mprotect(from, bytes - e->usable, PROT_READ | PROT_WRITE)) return fail(env, "grow", strerror(errno));
#ifdef MADV_HUGEPAGE
  madvise(from, bytes - e->usable, MADV_HUGEPAGE);
#endif
  e->usable = bytes;
  return NULL;
}

static void keep(napi_env env, void *data, void *hint) { (void)env, (void)data, (void)hint; }

/* window(engine, offset, bytes): a part of the arena as an ArrayBuffer. No two may overlap. */
static napi_value js_window(napi_env env, napi_callback_info info) {
  napi_value args[MAX_ARGS], buffer = NULL;
  arguments(env, info, args);
  struct engine *e = engine_of(env, args[0]);
  char *from = e->arena + (size_t)number(env, args[1]);
  if (napi_create_external_arraybuffer(env, from, (size_t)number(env, args[2]), keep, NULL, &buffer))
    return fail(env, "window", "this runtime allows no memory from outside");
  return buffer;
}

/* load(engine, index, path, name): puts a function of a shared object into the table. */
static napi_value js_load(napi_env env, napi_callback_info info) {
  napi_value args[MAX_ARGS];
  char path[4096], name[256];
  size_t length;
  arguments(env, info, args);
  size_t index = (size_t)number(env, args[1]);
  if (index >= TABLE_ENTRIES) return fail(env, "load", "the table of kernels is full");
  napi_get_value_string_utf8(env, args[2], path, sizeof path, &length);
  napi_get_value_string_utf8(env, args[3], name, sizeof name, &length);
  void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  void *symbol = object ? dlsym(object, name) : NULL;
  if (!symbol) {
    const char *why = dlerror();
    return fail(env, "load", why ? why : "no such function");
  }
  engine_of(env, args[0])->table[index] = (kernel)symbol;
  return NULL;
}

/* run(engine, program, together): with all threads or on this one alone. */
static napi_value js_run(napi_env env, napi_callback_info info) {
  napi_value args[MAX_ARGS];
  arguments(env, info, args);
  struct engine *e = engine_of(env, args[0]);
  word program = (word)number(env, args[1]);
  if (truth(env, args[2]) && e->threads > 1) {
    e->program = program;
    announce(&e->start);
    execute(e, program, e->threads, 0);
  } else execute(e, program, 1, 0);
  return NULL;
}

/* close(engine): ends its threads and gives its memory back. Its windows must not be used any more. */
static napi_value js_close(napi_env env, napi_callback_info info) {
  napi_value args[MAX_ARGS];
  arguments(env, info, args);
  struct engine *e = engine_of(env, args[0]);
  napi_remove_env_cleanup_hook(env, close_engine, e);
  close_engine(e);
  return NULL;
}

/* features(): the vector instructions that processor and system have here, whatever the compiler believes. */
static napi_value js_features(napi_env env, napi_callback_info info) {
  (void)info;
  char text[128] = "";
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("fma")) strcat(text, " fma");
  if (__builtin_cpu_supports("avx2")) strcat(text, " avx2");
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) strcat(text, " avx512");
#elif defined(__aarch64__)
  strcat(text, " fma neon");
#endif
  napi_value result = NULL;
  napi_create_string_utf8(env, text, strlen(text), &result);
  return result;
}

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const struct { const char *name; napi_callback call; } all[] = {
    {"open", js_open}, {"threads", js_threads}, {"start", js_start}, {"grow", js_grow}, {"window", js_window},
    {"load", js_load}, {"run", js_run}, {"close", js_close}, {"features", js_features},
  };
  /* A host's thread that ends closes the modules it has opened: threads of ours may still be in their loop. */
  Dl_info self;
  if (dladdr((void *)napi_register_module_v1, &self) && self.dli_fname) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    napi_value function = NULL;
    napi_create_function(env, all[i].name, strlen(all[i].name), all[i].call, NULL, &function);
    napi_set_named_property(env, exports, all[i].name, function);
  }
  return exports;
}
`;
