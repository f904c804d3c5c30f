// Made from chapters/14-profiling.nw by tools/tangle: edit there.
// memoryline.c - who has the memory during a step of TinyGPT: what
// tt_measure_memory writes of it becomes a line for each event, with
// the parts in columns.
#include "models.h"

static int part_named(const char *name)
{
  int k = 0;
  while (k < TT_UNKNOWN
         && strcmp(name, tt_memory_part_name((MemoryPart)k)) != 0)
    k++;
  return k;
}

static void parts_over_time(FILE *f, const MemoryUse *u)
{
  double live[TT_PARTS] = { 0 }, seconds;
  long long bytes, total, kept = u->start;
  char line[400], part[20];
  live[TT_UNKNOWN] = (double)(kept - u->part[TT_PARAMETERS]
                              - u->part[TT_OPTIMIZER]);
  live[TT_PARAMETERS] = (double)u->part[TT_PARAMETERS];
  live[TT_OPTIMIZER] = (double)u->part[TT_OPTIMIZER];
  printf("ms\tkept\tactivations\ttemporary\tgradients\n");
  while (fgets(line, sizeof line, f))
    if (sscanf(line, "%lf\t%lld\t%lld\t%19s", &seconds, &bytes, &total,
               part) == 4) {
      live[part_named(part)] += (double)bytes;
      double mib = 1 << 20, rest = live[TT_UNKNOWN] + live[TT_TAPE];
      printf("%.3f\t%.3f\t%.3f\t%.3f\t%.3f\n", 1e3 * seconds,
             (live[TT_PARAMETERS] + live[TT_OPTIMIZER] + rest) / mib,
             live[TT_ACTIVATIONS] / mib, live[TT_TEMPORARY] / mib,
             live[TT_GRADIENTS] / mib);
    }
}

int main(void)
{
  tt_autograd_enable();
  Model m = model_named("tinygpt");
  step_of_model(&m);
  FILE *f = tmpfile();
  MemoryUse u = tt_measure_memory(step_of_model, &m, (MemoryOptions){
    m.net, m.optimizer, f });
  rewind(f);
  parts_over_time(f, &u);
  fclose(f);
  double mib = 1 << 20, all = (double)u.peak;
  printf("# memoryline.peak\t%.0f MiB\n# memoryline.activations\t%.0f"
         " %%\n# memoryline.parameters\t%.1f MiB\n"
         "# memoryline.optimizer\t%.1f MiB\n", all / mib,
         100 * (double)u.part[TT_ACTIVATIONS] / all,
         (double)u.part[TT_PARAMETERS] / mib,
         (double)u.part[TT_OPTIMIZER] / mib);
  return 0;
}
