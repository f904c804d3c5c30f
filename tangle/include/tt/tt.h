// Made from chapters/01-tensors.nw by tools/tangle: edit there.
// tt/tt.h - everything.
#ifndef TT_TT_H
#define TT_TT_H
#include "tt/tensor.h"
#include "tt/memory.h"
#include "tt/error.h"
#include "tt/backend.h"
#include "tt/operation.h"
#include "tt/activations.h"
#include "tt/module.h"
#include "tt/layers.h"
#include "tt/losses.h"
#include "tt/autograd.h"
#include "tt/gradient.h"
#include "tt/optimizers.h"
#include "tt/safetensors.h"
#include "tt/training.h"
#include "tt/data.h"
#include "tt/readers.h"
#include "tt/convolution.h"
#include "tt/tokenization.h"
#include "tt/embeddings.h"
#include "tt/attention.h"
#include "tt/transformers.h"
#include "tt/generation.h"
#include "tt/gpt2.h"
#include "tt/profiler.h"
#include "tt/measure.h"
#include "tt/kvcache.h"
TT_BEGIN
#include "tt/machine.h"
#include "tt/todo.h"
TT_END
#include "tt/locate.h"
#endif
