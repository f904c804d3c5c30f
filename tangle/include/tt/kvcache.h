// Made from chapters/15-memoization.nw by tools/tangle: edit there.
// tt/kvcache.h - keys and values that are kept, so that a token costs
// one pass for one place.
#ifndef TT_KVCACHE_H
#define TT_KVCACHE_H
#include "tt/generation.h"

TT_BEGIN
typedef struct KvOptions {
  int64_t page;                    // places in a page; 0: 32
  int64_t pages;                   // at most so many; 0: no limit
  int64_t window, sinks;           // 0: a place reads all before it;
                                   // else the last `window`, itself
                                   // among them, and the first `sinks`
  bool    int8;                    // pages that are full as bytes
} KvOptions;
typedef struct KvPage {            // of all layers
  Tensor *kv;                      // (L,2,K,P,D) f32, or i8 if packed
  Tensor *scale;                   // of packed ones, (L,K,D + P)
  Tensor *ids;                     // i32 (P)
} KvPage;
typedef struct KvSequence {
  int64_t n;                       // places so far, forgotten ones too
  int64_t pages, gone;             // there are; were forgotten
  KvPage *page;
} KvSequence;
typedef struct KvCache {
  Gpt       *gpt;
  KvOptions  options;
  Tensor    *block;                // the memory it lies in
  int64_t    sink_pages, most;     // pages of the sinks; of a sequence
  int        sequences;
  KvSequence sequence[];
} KvCache;
typedef struct KvPart {            // what is new in a sequence
  int     sequence;
  Tensor *ids;                     // i32 (T), T >= 1
} KvPart;
// of the innermost scope, or until it is freed; the weights of m must
// not change meanwhile. A window needs rotary places
KvCache *tt_kv_cache_new(Gpt *m, int sequences, KvOptions o);
void     tt_kv_cache_free(KvCache *c);
// the new ids of each part behind those that its sequence has, in one
// pass, m in eval mode: (N,D) of all new places, part after part. A
// sequence is in one part at most. Each place reads its own sequence as
// KvOptions say, positions counted in what it reads: a window of 8 and
// 4 sinks have the places 0, .., 11. TT_ESHAPE: the context is full.
// TT_EMEM: the pages are. After an error all sequences are as before
Tensor *tt_kv_features(KvCache *c, int n, const KvPart part[]);
// (n,V): logits of the last place of each part. If memory ends after
// the pass, the sequences have their new places
Tensor *tt_kv_logits(KvCache *c, int n, const KvPart part[]);
// (V): the same for one
Tensor *tt_kv_next(KvCache *c, int sequence, Tensor *ids);
// the first n places stay. Beyond a window: TT_EVALUE if the next place
// would read one that is forgotten. A page of bytes that is written to
// again is rounded twice
void tt_kv_rollback(KvCache *c, int sequence, int64_t n);
// all sequences at once: i < n becomes what from[i] was. Pages are
// shared until one of their sequences writes to them
void tt_kv_reorder(KvCache *c, int n, const int from[]);
void tt_kv_copy(KvCache *c, int to, int from);
// of ids, how many from the first on the sequence has, the last never
// counted; and their logits (V), after going back to there, where it
// stays after an error
int64_t tt_kv_common(const KvCache *c, int sequence, const Tensor *ids);
Tensor *tt_kv_resume(KvCache *c, int sequence, Tensor *ids);
// bytes in pages, shared ones once; of a page that is full, by formula
int64_t tt_kv_bytes(const KvCache *c);
int64_t tt_kv_page_bytes(GptOptions o, KvOptions k);
// safetensors; into a cache of the same model and options. TT_EFILE,
// TT_EFORMAT: it cannot be read, or is no such file; TT_EVALUE: it is
// of other weights or options; TT_EMEM: it has more pages than are free
void tt_kv_save(const char *path, const KvCache *c, int sequence);
void tt_kv_load(const char *path, KvCache *c, int sequence);
typedef struct KvRequest {
  Tensor *prompt;                  // i32 (T)
  int64_t n;                       // tokens after it, at most
  SamplingOptions sampling;        // a generator of its own, or what
                                   // is drawn depends on the others
  int     stop_ids;
  const int32_t *stop_id;          // end it
  Tensor *ids;                     // gets i32 (N): what was written
  int64_t first, written;          // the pass of its first token; N
} KvRequest;
// all requests, in turn, at most `slots` side by side: as soon as one
// ends, the next begins. With o.pages those begin whose last token will
// have a page; others wait. After an error all ids are released
void tt_generate_all(Gpt *m, int n, KvRequest r[], int slots,
                     KvOptions o);
TT_END
#endif
