/* What the compiled functions are told of tensors. */

#pragma once

#include <stdint.h>

/* A tensor (rows, heads, tokens, size) whose last dimension is dense; strides are in floats. */
typedef struct {
  const float *data;
  int64_t row, head, token;
} View;

/* Keys and values in pages, each of `page_tokens` tokens. For each layer a page has keys
   (tokens, kv_heads, size) and then values, all halves; `offset` is where those of this layer
   begin, in bytes. The new tokens of all rows stand one behind another in q, k, v and `out`. */
typedef struct {
  View q, k, v;
  float *out;           /* (new tokens, heads, size) */
  const int64_t *pages; /* addresses: those of the first row, then those of the second ... */
  const int64_t *paged; /* (rows + 1): where a row's pages begin among them */
  const int64_t *begin; /* (rows + 1): where its new tokens begin */
  const int64_t *held;  /* (rows): how many tokens its pages held before */
  int64_t rows, heads, kv_heads, size, page_tokens, layer_bytes, offset;
  float scale;
  int64_t window; /* the most tokens that a query looks back on, itself included; 0 is no bound */
} Paged;
