// Made from chapters/16-quantization.nw by tools/tangle: edit there.
// tt/modelsize.h - where the bytes of a model are, and which layers
// need theirs.
#ifndef TT_MODELSIZE_H
#define TT_MODELSIZE_H
#include "tt/quantization.h"

TT_BEGIN
typedef struct ModelSize {         // bytes, each tensor once
  int64_t weights;                 // weights and biases
  int64_t scales;                  // scales and zero points of them
  int64_t rest;                    // other buffers
  int64_t live;                    // in memory: storages, and modules
} ModelSize;
typedef struct ModulePart {        // a module that holds tensors itself
  char        name[TT_NAME];
  const char *type;
  ModelSize   size;
} ModulePart;
typedef double ModelScore(void *model, void *arg);
typedef struct Sensitivity {       // of a layer that alone is quantized
  char        name[TT_NAME];
  const char *type;                // of the layer that was there
  int64_t     before, after;       // bytes, its scales with them
  double      score;               // of the model then
} Sensitivity;
ModelSize tt_model_size(void *model);   // of all modules in it
// by module, the first n of those that hold tensors themselves; how
// many there are. A tensor counts for the first that holds it
int  tt_module_sizes(void *model, int n,
                     ModulePart *part /* or NULL */);
void tt_model_size_print(FILE *f, void *model);  // a line for each
// score(model, arg) with each layer alone in that format, at most n of
// them; how many there are. The model is as it was after it, and after
// an error in score
int tt_sensitivity(void *model, QuantFormat f, ModelScore *score,
                   void *arg, int n, Sensitivity *s /* or NULL */);
TT_END
#endif
