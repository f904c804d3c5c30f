// Made from chapters/13-transformers.nw by tools/tangle: edit there.
// tt/generation.h - which token comes next, and texts written token by
// token.
#ifndef TT_GENERATION_H
#define TT_GENERATION_H
#include "tt/tokenization.h"
#include "tt/transformers.h"

TT_BEGIN
typedef struct SamplingOptions {   // in this order; 0 is off
  int32_t vocabulary;              // ids from here on never come
  double  repetition_penalty;      // each id that was seen: its logit
                                   // by this if positive, else times
  void  (*edit)(void *arg, Real *logits, int64_t n);  // your own rule
  void   *arg;
  double  temperature;             // divides; 0: the largest logit
  int64_t top_k;                   // the k largest, exactly
  double  top_p;                   // the fewest that have p together
  double  min_p;                   // this part of the largest, or more
  Generator *generator;            // NULL: the thread's
} SamplingOptions;
typedef struct TokenChoice {
  int32_t id;
  double  p;                       // the model's: softmax of the logits
  double  chance;                  // with which it was drawn; 1 if all
} TokenChoice;                     // others were out
// logits (V) of one place; seen: i32 (N) or NULL, all that came before.
// Ties: a lower id counts as larger, so exactly k survive top_k. top_p
// and min_p judge what the rules before them left, shared out anew.
// Never drawn: -inf, and what has the probability 0 as a double. One
// number of the generator a token, none if temperature is 0.
// TT_EVALUE: NaN or +inf among the logits, or nothing left
TokenChoice tt_next_token(const Tensor *logits,
                          const Tensor *seen /* or NULL */,
                          SamplingOptions o);
// the chance of each id, as tt_next_token draws it: f32 (V), sum 1
Tensor *tt_token_chances(const Tensor *logits,
                         const Tensor *seen /* or NULL */,
                         SamplingOptions o);
typedef struct TextReader {
  void   *(*begin)(Gpt *m, int64_t context);   // a memory for one text,
                                   // of this scope; NULL: not this Gpt
  Tensor *(*logits)(void *memory, Tensor *ids);    // (V), of the last
} TextReader;                      // of ids (N), the text so far
extern const TextReader tt_rereader;  // the last `context` ids, anew
extern const TextReader tt_cached_reader;     // the same, remembered
extern const TextReader tt_streaming_reader;  // with rotary places: 4
                                   // sinks and a window for the rest
typedef struct GenerationOptions {
  SamplingOptions sampling;
  int64_t context;                 // the model sees the last so many
                                   // ids, from place 0 on; 0: as many
                                   // as a Gpt has, or all
  const TextReader *reader;        // of a Gpt; NULL: the quickest that
                                   // is certain to give the same text
  const Tokenizer *tokenizer;      // for texts; ids that it lacks never
                                   // come. NULL: ids alone
  int stop_ids, stop_texts;        // how many there are of these: they
  const int32_t *stop_id;          // end the text and are not in it
  const char *const *stop_text;
  bool (*token)(void *arg, TokenChoice c);  // after each; false: enough
  void (*text)(void *arg, Piece p);    // whole characters, as they come
  void  *arg;
} GenerationOptions;
typedef enum {
  TT_WROTE_ALL, TT_STOP_ID, TT_STOP_TEXT, TT_STOP_ASKED
} StopReason;
typedef struct WrittenTokens {
  Tensor    *ids;                  // i32 (N), all that was chosen, the
                                   // stop id and stop text included
  Tensor    *p, *chance;           // of each, see TokenChoice: f32 (N)
  Tensor    *text;                 // u8 with a 0 behind it, or NULL:
                                   // what was shown: without a stop
                                   // text, or half of a last character
  StopReason why;
} WrittenTokens;
// up to n tokens after prompt, i32 (T), T >= 1: one sequence. The model
// takes ids i32 (1,T) and gives logits (1,T,V), or those of the last
// place (1,1,V); it is in eval mode meanwhile, and nothing is recorded.
// The penalty is of prompt and text together, whatever the model sees.
// An error of the model goes on after the characters before it
WrittenTokens tt_generate(void *model, const Tensor *prompt, int64_t n,
                          GenerationOptions o);
// for .text: writes it at once to .arg, a FILE *
void tt_show_text(void *to, Piece p);
TT_END
#endif
