// Made from chapters/18-acceleration.nw by tools/tangle: edit there.
// Backends that come from files.
#include "tt/error.h"
#include "tt/parallel.h"
#include <fenv.h>
#include <stdlib.h>
#include <string.h>

#define MARK_TEXT(name) #name
#define MARK_OF(type) "tt_built_for_" MARK_TEXT(type)
#define TT_REAL_MARK MARK_OF(TT_REAL)
extern void *dlsym(void *handle, const char *name)
  __attribute__((weak));
typedef void *OpenLibrary(const char *file, int mode);

static OpenLibrary *find_dlopen(void)  // NULL: in a static program
{
  void *f = dlsym ? dlsym(NULL, "dlopen") : NULL;
  OpenLibrary *open;
  memcpy(&open, &f, sizeof open);  // C has no cast from object to code
  return open;
}

extern char *dlerror(void) __attribute__((weak));

static bool is_loaded(void)
{
  static bool asked;
  const char *file = getenv("TT_PLUGIN");
  if (!asked && file && *file) {
    asked = true;
    tt_backend_load(file);
  }
  return tt_plugin.base != NULL;
}

Backend tt_plugin = { .name = "", .runs_here = is_loaded };
static bool ends_at_naive(const Backend *b)
{
  for (int i = 0; i < 16 && b && b != &tt_naive; i++)
    b = b->base;
  return b == &tt_naive;
}

static void check_plugin(const char *file, const Backend *b)
{
  if (!b || !b->name || !*b->name)
    tt_fail(TT_EFORMAT, "tt_backend_load: %s: tt_backend_entry gives no"
            " table with a name", file);
  if (b->abi != TT_BACKEND_ABI || b->size != sizeof *b)
    tt_fail(TT_EFORMAT, "tt_backend_load: %s: its table is of version"
            " %d and %zu bytes, this library has version %d and %zu;"
            " compile it with these headers, .abi = TT_BACKEND_ABI,"
            " .size = sizeof(Backend)", file, b->abi, b->size,
            TT_BACKEND_ABI, sizeof *b);
  const Backend *k;
  for (int i = 0; (k = tt_backend_at(i)); i++)
    if (strcmp(k->name, b->name) == 0)
      tt_fail(TT_EVALUE, "tt_backend_load: %s: a backend is called '%s'"
              " already; give it another name", file, b->name);
  if (b->base && !ends_at_naive(b->base))
    tt_fail(TT_EVALUE, "tt_backend_load: %s: the base of '%s' has not"
            " all kernels; leave .base out, or take host", file,
            b->name);
  if (b->runs_here && !b->runs_here())
    tt_fail(TT_EVALUE, "tt_backend_load: %s: '%s' says that it does not"
            " run on this machine", file, b->name);
}

static const Backend *fastest(void)
{
  const Backend *k = NULL;
  for (int i = 0; (k = tt_backend_at(i))
       && strcmp(k->name, tt_threads.name) != 0; )
    i++;
  return k;
}

static void *open_quietly(const char *file)
{
  fenv_t kept;
  fegetenv(&kept);
  OpenLibrary *open = find_dlopen();
  void *lib = open ? open(file, 2 /* RTLD_NOW */) : NULL;
  fesetenv(&kept);
  if (!lib)
    tt_fail(TT_EFILE, "tt_backend_load: %s", open && dlerror
            ? dlerror() : "this program is static and loads no files");
  return lib;
}

void tt_backend_load(const char *file)
{
  const Backend *(*entry)(const Backend *host);
  if (tt_plugin.base)
    tt_fail(TT_EVALUE, "tt_backend_load: %s: '%s' is loaded, and a"
            " program has one plug-in", file, tt_plugin.name);
  void *lib = open_quietly(file);
  void *f = dlsym(lib, "tt_backend_entry");
  if (!f || !dlsym(lib, TT_REAL_MARK))
    tt_fail(TT_EFORMAT, "tt_backend_load: %s: no %s in it; a plug-in"
            " includes tt/plugin.h and defines tt_backend_entry", file,
            f ? TT_REAL_MARK " (is its Real another one?)"
              : "tt_backend_entry");
  memcpy(&entry, &f, sizeof f);
  const Backend *host = fastest(), *b = entry(host);
  check_plugin(file, b);
  tt_plugin = *b;
  tt_plugin.runs_here = is_loaded;
  if (!b->base)
    tt_plugin.base = host;
}
