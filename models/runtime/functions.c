/* Attention, products and functions of float32 in which a row does not depend on the rows beside it.

   Libraries choose the order in which they add by the shape of the whole batch: a text comes out
   different in the sixth decimal when it is padded, or when others stand beside it. Here every sum
   is added in one order, that of the row's own tokens: columns that hold padding are left out, not
   multiplied by nought. How rows are put into blocks, and threads, have no say.

   Floating point must not be contracted (-ffp-contract=off). */

#include <cpuid.h>
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

#define INLINE static inline __attribute__((always_inline))
#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX512 __attribute__((target("avx2,fma,avx512f")))

enum {
  EIGHT = 8,
  LANES = 6, /* queries that read a key together */
  SPARE = 8,
  NEAR = 32, /* values that stay in the nearest cache for all their columns */
  SOON = 16, /* keys that are fetched ahead */
  LINE = 64, /* bytes that are fetched together */
  HALF = 2   /* bytes */
};

int supported(void) {
  __builtin_cpu_init();
  unsigned a, b, c = 0, d;
  const int halves = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
  return halves && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

AVX2 INLINE float added_up(__m256 lanes) {
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(lanes), _mm256_extractf128_ps(lanes, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_shuffle_ps(four, four, 1)));
}

/* e^x for x <= 0, nought below -87 (Cephes' expf: https://www.netlib.org/cephes/). */
AVX2 INLINE __m256 exponential(__m256 x) {
  const __m256 there = _mm256_cmp_ps(x, _mm256_set1_ps(-87.0f), _CMP_GT_OQ);
  x = _mm256_max_ps(x, _mm256_set1_ps(-87.0f));
  const __m256 whole = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504088896341f)),
                                       _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  x = _mm256_fnmadd_ps(whole, _mm256_set1_ps(0.693359375f), x);
  x = _mm256_fnmadd_ps(whole, _mm256_set1_ps(-2.12194440e-4f), x);
  __m256 y = _mm256_set1_ps(1.9875691500e-4f);
  y = _mm256_fmadd_ps(y, x, _mm256_set1_ps(1.3981999507e-3f));
  y = _mm256_fmadd_ps(y, x, _mm256_set1_ps(8.3334519073e-3f));
  y = _mm256_fmadd_ps(y, x, _mm256_set1_ps(4.1665795894e-2f));
  y = _mm256_fmadd_ps(y, x, _mm256_set1_ps(1.6666665459e-1f));
  y = _mm256_fmadd_ps(y, x, _mm256_set1_ps(5.0000001201e-1f));
  y = _mm256_fmadd_ps(y, _mm256_mul_ps(x, x), _mm256_add_ps(x, _mm256_set1_ps(1.0f)));
  const __m256i power = _mm256_slli_epi32(
      _mm256_add_epi32(_mm256_cvtps_epi32(whole), _mm256_set1_epi32(127)), 23);
  return _mm256_and_ps(there, _mm256_mul_ps(y, _mm256_castsi256_ps(power)));
}

typedef struct {
  View q, k, v;
  const uint8_t *mask; /* (rows, keys): nought is padding */
  float *out;          /* (rows, queries, heads, size) */
  int64_t rows, heads, kv_heads, queries, keys, size;
  float scale;
} Attention;

/* Keys or values of one row and head: token j is read at `base` + `places[j]` bytes. */
typedef struct {
  const char *base;
  const int64_t *places;
} Stored;

/* Which keys each lane of a block reads: of the row's own tokens, from `start` up to `end`. */
typedef struct {
  int64_t start[LANES], end[LANES], low, high;
} Reach;

#define EACH_LANE _Pragma("GCC unroll 6") for (int lane = 0; lane < count; lane++)
#define EACH(i, count) _Pragma("GCC unroll 2") for (int i = 0; i < count; i++)

/* Eight numbers from the d-th on, which are halves or floats. */
AVX2 INLINE __m256 eight(const int halves, const char *from, int64_t d) {
  return halves ? _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(from + 2 * d)))
                : _mm256_loadu_ps((const float *)from + d);
}

/* Scores of `count` queries for `together` keys from the j-th on. `halves`, `count` and `together` are
   constants where it is inlined. */
AVX2 INLINE void score_keys(const int halves, const int count, const int together, const float *q,
                            const Stored *keys, int64_t j, int64_t size, float *scores,
                            int64_t room) {
  const char *key[2];
  __m256 sums[LANES][2];
  EACH(i, together) key[i] = keys->base + keys->places[j + i];
  EACH_LANE EACH(i, together) sums[lane][i] = _mm256_setzero_ps();
  for (int64_t d = 0; d < size; d += EIGHT) {
    __m256 ones[2];
    EACH(i, together) ones[i] = eight(halves, key[i], d);
    EACH_LANE {
      const __m256 part = _mm256_loadu_ps(q + lane * size + d);
      EACH(i, together)
        sums[lane][i] = _mm256_fmadd_ps(ones[i], part, sums[lane][i]);
    }
  }
  EACH_LANE EACH(i, together) scores[lane * room + i] = added_up(sums[lane][i]);
}

/* Scores of `count` queries for all keys within reach. */
AVX2 INLINE void score(const int halves, const int count, const float *q, const Stored *keys,
                       const Stored *values, const Reach *reach, int64_t size, float *scores,
                       int64_t room) {
  const int64_t bytes = size * (halves ? HALF : (int64_t)sizeof(float));
  int64_t j = reach->low;
  for (; j + 2 <= reach->high; j += 2, scores += 2) {
    const int64_t soon = j + SOON + 2 <= reach->high ? j + SOON : reach->high - 2;
    for (int64_t i = 0; i < 2; i++)
      for (int64_t line = 0; line < bytes; line += LINE) {
        _mm_prefetch(keys->base + keys->places[soon + i] + line, _MM_HINT_T0);
        _mm_prefetch(values->base + values->places[j + i] + line, _MM_HINT_T1);
      }
    score_keys(halves, count, 2, q, keys, j, size, scores, room);
  }
  if (j < reach->high) score_keys(halves, count, 1, q, keys, j, size, scores, room);
}

/* Add to `sums` (count, size) the weighted values from the j-th up to `end`, `width` times eight
   columns of them from `d` on. */
AVX2 INLINE void gather(const int halves, const int count, const int width, const Stored *values,
                        int64_t j, int64_t end, int64_t d, int64_t size, const float *weights,
                        int64_t room, float *sums) {
  __m256 held[LANES][2];
  EACH_LANE EACH(i, width)
    held[lane][i] = _mm256_loadu_ps(sums + lane * size + d + i * EIGHT);
  for (; j < end; j++, weights++) {
    const char *value = values->base + values->places[j];
    __m256 parts[2];
    EACH(i, width) parts[i] = eight(halves, value, d + i * EIGHT);
    EACH_LANE {
      const __m256 weight = _mm256_broadcast_ss(weights + lane * room);
      EACH(i, width)
        held[lane][i] = _mm256_fmadd_ps(weight, parts[i], held[lane][i]);
    }
  }
  EACH_LANE EACH(i, width)
    _mm256_storeu_ps(sums + lane * size + d + i * EIGHT, held[lane][i]);
}

/* Scores to weights, in place; what a lane does not reach has none. Returns 1 / their sum. */
AVX2 static float weigh(float *scores, int64_t start, int64_t end, int64_t all) {
  float most = -INFINITY;
  for (int64_t j = start; j < end; j++) most = scores[j] > most ? scores[j] : most;
  for (int64_t j = 0; j < start; j++) scores[j] = 0.0f;
  for (int64_t j = end; j < end + SPARE; j++) scores[j] = -INFINITY;
  const __m256 largest = _mm256_set1_ps(most);
  __m256 sum = _mm256_setzero_ps();
  for (int64_t j = start; j < end; j += EIGHT) {
    const __m256 weight = exponential(_mm256_sub_ps(_mm256_loadu_ps(scores + j), largest));
    _mm256_storeu_ps(scores + j, weight);
    sum = _mm256_add_ps(sum, weight);
  }
  for (int64_t j = end; j < all; j++) scores[j] = 0.0f;
  return 1.0f / added_up(sum);
}

#define WITH_COUNT(halves, count, CALL) \
  switch (count) {                      \
    case 1: CALL(halves, 1); break;     \
    case 2: CALL(halves, 2); break;     \
    case 3: CALL(halves, 3); break;     \
    case 4: CALL(halves, 4); break;     \
    case 5: CALL(halves, 5); break;     \
    default: CALL(halves, 6);           \
  }

/* Up to six queries of one row that share keys, `queries` (count, size) of them multiplied by the
   scale already; the sums take their place. `scores` has room for `room` of each. */
AVX2 INLINE void block(const int halves, const int count, float *queries, const Stored *keys,
                       const Stored *values, const Reach *reach, int64_t size, int64_t room,
                       float *scores, float *const *out) {
  float shares[LANES];
#define SCORE(halves, n) score(halves, n, queries, keys, values, reach, size, scores, room)
  WITH_COUNT(halves, count, SCORE)
  for (int lane = 0; lane < count; lane++)
    shares[lane] = weigh(scores + lane * room, reach->start[lane] - reach->low,
                         reach->end[lane] - reach->low, reach->high - reach->low);
  memset(queries, 0, (size_t)(count * size) * sizeof(float));
  /* A few values at a time, which stay in the nearest cache for all their columns. */
  for (int64_t j = reach->low; j < reach->high; j += NEAR) {
    const int64_t end = j + NEAR < reach->high ? j + NEAR : reach->high;
    const float *weights = scores + j - reach->low;
    for (int64_t d = 0; d < size; d += 2 * EIGHT) {
#define GATHER(halves, n, width) \
  gather(halves, n, width, values, j, end, d, size, weights, room, queries)
#define WIDE(halves, n) GATHER(halves, n, 2)
#define NARROW(halves, n) GATHER(halves, n, 1)
      if (d + 2 * EIGHT <= size) {
        WITH_COUNT(halves, count, WIDE)
      } else {
        WITH_COUNT(halves, count, NARROW)
      }
    }
  }
  for (int lane = 0; lane < count; lane++)
    for (int64_t d = 0; d < size; d++) out[lane][d] = queries[lane * size + d] * shares[lane];
}

/* Add a query, which sees the row's tokens before `end`, to a block of `count` others. */
AVX2 static void add_query(const float *q, float scale, int64_t size, int64_t end, int64_t window,
                           int count, float *queries, Reach *reach) {
  for (int64_t d = 0; d < size; d++) queries[count * size + d] = q[d] * scale;
  const int64_t start = window && end > window ? end - window : 0;
  reach->start[count] = start, reach->end[count] = end;
  reach->low = start < reach->low ? start : reach->low;
  reach->high = end > reach->high ? end : reach->high;
}

/* The queries of one row and head of keys from `first` on. `tokens` are the columns of the row's
   tokens, `seen` how many of these each query sees. */
AVX2 static void padded_block(const Attention *a, int64_t row, int64_t head, int64_t first,
                              const int32_t *tokens, const int32_t *seen, int64_t *places,
                              float *room_for) {
  const int64_t group = a->heads / a->kv_heads, size = a->size, room = a->keys + 2 * SPARE;
  float *out[LANES];
  Reach reach = {.low = (int64_t)1 << 40, .high = 0};
  int count = 0;
  for (int64_t i = first; i < first + LANES && i < a->queries * group; i++) {
    const int64_t query = i / group, of = head * group + i % group;
    float *to = a->out + ((row * a->queries + query) * a->heads + of) * size;
    if (seen[query] == 0) { /* padding, or a token that sees nothing */
      memset(to, 0, (size_t)size * sizeof(float));
      continue;
    }
    add_query(a->q.data + row * a->q.row + of * a->q.head + query * a->q.token, a->scale, size,
              seen[query], 0, count, room_for, &reach);
    out[count++] = to;
  }
  if (count == 0) return;
  for (int64_t j = reach.low; j < reach.high; j++) {
    places[j] = tokens[j] * a->k.token * (int64_t)sizeof(float);
    places[a->keys + j] = tokens[j] * a->v.token * (int64_t)sizeof(float);
  }
  const Stored keys = {(const char *)(a->k.data + row * a->k.row + head * a->k.head), places};
  const Stored values = {(const char *)(a->v.data + row * a->v.row + head * a->v.head),
                         places + a->keys};
  block(0, count, room_for, &keys, &values, &reach, size, room, room_for + LANES * size, out);
}

/* Attention of every query to all tokens of its own row. `size` is a multiple of eight. Returns
   nought where memory is short. */
int attend(const Attention *a, int threads) {
  const int64_t blocks = (a->queries * (a->heads / a->kv_heads) + LANES - 1) / LANES;
  int32_t *tokens = malloc((size_t)(a->rows * (a->keys + a->queries)) * sizeof(int32_t));
  if (!tokens) return 0;
  int32_t *seen = tokens + a->rows * a->keys;
  for (int64_t row = 0; row < a->rows; row++) {
    const uint8_t *mask = a->mask + row * a->keys;
    int32_t found = 0;
    for (int64_t j = 0; j < a->keys; j++)
      if (mask[j]) tokens[row * a->keys + found++] = (int32_t)j;
    for (int64_t query = 0; query < a->queries; query++)
      seen[row * a->queries + query] = mask[a->keys - a->queries + query] ? found : 0;
  }
  int enough = 1;
#pragma omp parallel num_threads(threads)
  {
    const int64_t room = LANES * (a->size + a->keys + 2 * SPARE);
    int64_t *places = malloc((size_t)(2 * a->keys) * sizeof(int64_t) +
                             (size_t)room * sizeof(float));
    if (!places) enough = 0;
#pragma omp for schedule(dynamic, 1) collapse(3)
    for (int64_t row = 0; row < a->rows; row++)
      for (int64_t head = 0; head < a->kv_heads; head++)
        for (int64_t nth = 0; nth < blocks; nth++)
          if (places)
            padded_block(a, row, head, nth * LANES, tokens + row * a->keys,
                         seen + row * a->queries, places, (float *)(places + 2 * a->keys));
    free(places);
  }
  free(tokens);
  return enough;
}

enum { SPAN = 8 /* blocks of a thread */ };

/* `count` numbers, a multiple of eight, as halves; what is too large becomes the largest. */
AVX2 static void to_halves(const float *x, int64_t count, uint16_t *y) {
  const __m256 most = _mm256_set1_ps(65504.0f), least = _mm256_set1_ps(-65504.0f);
  for (int64_t d = 0; d < count; d += EIGHT) {
    const __m256 value = _mm256_max_ps(_mm256_min_ps(_mm256_loadu_ps(x + d), most), least);
    _mm_storeu_si128((__m128i *)(y + d), _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT));
  }
}

/* Keys and values of a row's new tokens go to its pages. */
AVX2 static void keep(const Paged *a, int64_t row) {
  const int64_t *pages = a->pages + a->paged[row];
  const int64_t token_size = a->kv_heads * a->size;
  for (int64_t token = a->begin[row]; token < a->begin[row + 1]; token++) {
    const int64_t place = a->held[row] + token - a->begin[row];
    uint16_t *to = (uint16_t *)(pages[place / a->page_tokens] + a->offset) +
                   place % a->page_tokens * token_size;
    for (int64_t head = 0; head < a->kv_heads; head++, to += a->size) {
      to_halves(a->k.data + head * a->k.head + token * a->k.token, a->size, to);
      to_halves(a->v.data + head * a->v.head + token * a->v.token, a->size,
                to + a->page_tokens * token_size);
    }
  }
}

/* Blocks of queries from the `nth` on of one row and head of keys. */
AVX2 static void paged_blocks(const Paged *a, int64_t row, int64_t head, int64_t nth, int64_t most,
                              int64_t *places, float *room_for) {
  const int64_t group = a->heads / a->kv_heads, size = a->size, room = most + 2 * SPARE;
  const int64_t first = a->begin[row], queries = (a->begin[row + 1] - first) * group;
  const int64_t token_bytes = HALF * a->kv_heads * size;
  const int64_t *pages = a->pages + a->paged[row];
  const int64_t end = (nth + SPAN) * LANES < queries ? (nth + SPAN) * LANES : queries;
  const int64_t filled = a->held[row] + (end - 1) / group + 1;
  for (int64_t j = 0, page = 0; j < filled; page++)
    for (int64_t within = 0; within < a->page_tokens && j < filled; within++)
      places[j++] = pages[page] + within * token_bytes;
  const Stored keys = {(const char *)0 + a->offset + head * size * HALF, places};
  const Stored values = {keys.base + a->page_tokens * token_bytes, places};
  for (int64_t at = nth * LANES; at < end; at += LANES) {
    float *out[LANES];
    Reach reach = {.low = (int64_t)1 << 40, .high = 0};
    int count = 0;
    for (int64_t i = at; i < at + LANES && i < end; i++, count++) {
      const int64_t token = first + i / group, of = head * group + i % group;
      add_query(a->q.data + of * a->q.head + token * a->q.token, a->scale, size,
                a->held[row] + i / group + 1, a->window, count, room_for, &reach);
      out[count] = a->out + (token * a->heads + of) * size;
    }
    block(1, count, room_for, &keys, &values, &reach, size, room, room_for + LANES * size, out);
  }
}

/* Keep the keys and values of new tokens, and let each new token attend to the tokens of its row
   up to itself. `size` is a multiple of eight. Returns nought where memory is short. */
int attend_paged(const Paged *a, int threads) {
  const int64_t group = a->heads / a->kv_heads;
  int64_t most = 0, longest = 0;
  for (int64_t row = 0; row < a->rows; row++) {
    const int64_t count = a->begin[row + 1] - a->begin[row], all = a->held[row] + count;
    most = all > most ? all : most;
    longest = count > longest ? count : longest;
  }
  const int64_t spans = (longest * group + LANES * SPAN - 1) / (LANES * SPAN);
  int enough = 1;
#pragma omp parallel num_threads(threads)
  {
#pragma omp for schedule(static)
    for (int64_t row = 0; row < a->rows; row++) keep(a, row);
    const int64_t room = LANES * (a->size + most + 2 * SPARE);
    int64_t *places = malloc((size_t)most * sizeof(int64_t) + (size_t)room * sizeof(float));
    if (!places) enough = 0;
#pragma omp for schedule(dynamic, 1) collapse(3)
    for (int64_t row = 0; row < a->rows; row++)
      for (int64_t head = 0; head < a->kv_heads; head++)
        for (int64_t span = 0; span < spans; span++)
          if (places && span * SPAN * LANES < (a->begin[row + 1] - a->begin[row]) * group)
            paged_blocks(a, row, head, span * SPAN, most, places, (float *)(places + most));
    free(places);
  }
  return enough;
}

/* y = x / sqrt(mean of x^2 + epsilon) * weight, for each row of x (rows, size). */
AVX2 static void normalise_row(const float *x, int64_t size, const float *weight, float epsilon,
                               float *y) {
  __m256 sums[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
  int64_t d = 0;
  for (; d + 2 * EIGHT <= size; d += 2 * EIGHT)
    for (int i = 0; i < 2; i++) {
      const __m256 part = _mm256_loadu_ps(x + d + i * EIGHT);
      sums[i] = _mm256_fmadd_ps(part, part, sums[i]);
    }
  float sum = added_up(_mm256_add_ps(sums[0], sums[1]));
  for (; d < size; d++) sum += x[d] * x[d];
  const float scale = 1.0f / sqrtf(sum / (float)size + epsilon);
  for (d = 0; d < size; d++) y[d] = x[d] * scale * weight[d];
}

void normalise(const float *x, int64_t rows, int64_t size, const float *weight, float epsilon,
               float *y, int threads) {
#pragma omp parallel for schedule(static) num_threads(threads) if (rows * size > 65536)
  for (int64_t row = 0; row < rows; row++)
    normalise_row(x + row * size, size, weight, epsilon, y + row * size);
}

/* Rotate x (rows, heads, tokens, size) in place; cosines and sines are (rows, tokens, size). */
AVX2 static void turn_head(float *x, const float *cosines, const float *sines, int64_t half) {
  for (int64_t d = 0; d < half; d++) {
    const float first = x[d], second = x[half + d];
    x[d] = first * cosines[d] - second * sines[d];
    x[half + d] = second * cosines[half + d] + first * sines[half + d];
  }
}

void turn(const View *x, int64_t rows, int64_t heads, int64_t tokens, int64_t size,
          const float *cosines, const float *sines, int threads) {
#pragma omp parallel for schedule(static) collapse(2) num_threads(threads) \
    if (rows * heads * tokens * size > 65536)
  for (int64_t row = 0; row < rows; row++)
    for (int64_t token = 0; token < tokens; token++)
      for (int64_t head = 0; head < heads; head++)
        turn_head((float *)x->data + row * x->row + head * x->head + token * x->token,
                  cosines + (row * tokens + token) * size, sines + (row * tokens + token) * size,
                  size / 2);
}

/* gate = f(gate) * up, in place, of (rows, size), `size` a multiple of eight: f(x) is x / (1 + e^-x)
   or, with `gelu`, GELU by the tangent, which is x / (1 + e^-t), t = 2 sqrt(2 / pi) (x + c x^3). */
AVX2 INLINE void gate_row(const int gelu, float *gate, const float *up, int64_t size) {
  const __m256 one = _mm256_set1_ps(1.0f), sign = _mm256_set1_ps(-0.0f);
  for (int64_t d = 0; d < size; d += EIGHT) {
    const __m256 x = _mm256_loadu_ps(gate + d);
    __m256 t = x;
    if (gelu) {
      t = _mm256_fmadd_ps(_mm256_mul_ps(x, x), _mm256_set1_ps(0.044715f), one);
      t = _mm256_mul_ps(_mm256_mul_ps(t, x), _mm256_set1_ps(1.5957691216f));
    }
    const __m256 small = exponential(_mm256_or_ps(t, sign)); /* e^-|t| */
    const __m256 above = _mm256_cmp_ps(t, _mm256_setzero_ps(), _CMP_GE_OQ);
    const __m256 over = _mm256_mul_ps(x, _mm256_blendv_ps(small, one, above));
    const __m256 found = _mm256_div_ps(over, _mm256_add_ps(one, small));
    _mm256_storeu_ps(gate + d, _mm256_mul_ps(found, _mm256_loadu_ps(up + d)));
  }
}

AVX2 static void silu_row(float *x, const float *up, int64_t size) { gate_row(0, x, up, size); }
AVX2 static void gelu_row(float *x, const float *up, int64_t size) { gate_row(1, x, up, size); }

void gate(float *x, const float *up, int64_t rows, int64_t size, int gelu, int threads) {
#pragma omp parallel for schedule(static) num_threads(threads) if (rows * size > 32768)
  for (int64_t row = 0; row < rows; row++)
    (gelu ? gelu_row : silu_row)(x + row * size, up + row * size, size);
}

enum { PANEL = 16, TOGETHER = 8, PART = 24 };

/* `count` rows of x by a panel of w, which is (depth, 16). Each sum is added in the order of k. */
AVX2 INLINE void avx2_panel(const int count, const float *x, int64_t depth, const float *w,
                            float *y, int64_t width, int64_t columns) {
  __m256 sums[TOGETHER / 2][2];
  _Pragma("GCC unroll 4") for (int i = 0; i < count; i++)
    sums[i][0] = sums[i][1] = _mm256_setzero_ps();
  for (int64_t k = 0; k < depth; k++, w += PANEL) {
    const __m256 left = _mm256_loadu_ps(w), right = _mm256_loadu_ps(w + EIGHT);
    _Pragma("GCC unroll 4") for (int i = 0; i < count; i++) {
      const __m256 value = _mm256_broadcast_ss(x + i * depth + k);
      sums[i][0] = _mm256_fmadd_ps(value, left, sums[i][0]);
      sums[i][1] = _mm256_fmadd_ps(value, right, sums[i][1]);
    }
  }
  for (int i = 0; i < count; i++) {
    float found[PANEL];
    _mm256_storeu_ps(found, sums[i][0]);
    _mm256_storeu_ps(found + EIGHT, sums[i][1]);
    memcpy(y + i * columns, found, (size_t)width * sizeof(float));
  }
}

AVX512 INLINE void avx512_panel(const int count, const float *x, int64_t depth, const float *w,
                                float *y, int64_t width, int64_t columns) {
  __m512 sums[TOGETHER];
  _Pragma("GCC unroll 8") for (int i = 0; i < count; i++) sums[i] = _mm512_setzero_ps();
  for (int64_t k = 0; k < depth; k++, w += PANEL) {
    const __m512 lanes = _mm512_loadu_ps(w);
    _Pragma("GCC unroll 8") for (int i = 0; i < count; i++)
      sums[i] = _mm512_fmadd_ps(_mm512_set1_ps(x[i * depth + k]), lanes, sums[i]);
  }
  for (int i = 0; i < count; i++)
    _mm512_mask_storeu_ps(y + i * columns, (__mmask16)((1u << width) - 1), sums[i]);
}

/* Rows of x by a panel, as many together as there are registers for. */
#define ROWS_OF_PANEL(NAME, TARGET, MOST, SMALLER)                                               \
  TARGET static void NAME##_rows(const float *x, int64_t rows, int64_t depth, const float *w,     \
                                 float *y, int64_t width, int64_t columns) {                      \
    for (; rows >= MOST; rows -= MOST, x += MOST * depth, y += MOST * columns)                    \
      NAME##_panel(MOST, x, depth, w, y, width, columns);                                         \
    switch (rows) { SMALLER }                                                                     \
  }
#define LEFT(NAME, COUNT) \
  case COUNT: NAME##_panel(COUNT, x, depth, w, y, width, columns); break;

ROWS_OF_PANEL(avx2, AVX2, 4, LEFT(avx2, 1) LEFT(avx2, 2) LEFT(avx2, 3))
ROWS_OF_PANEL(avx512, AVX512, 8,
              LEFT(avx512, 1) LEFT(avx512, 2) LEFT(avx512, 3) LEFT(avx512, 4) LEFT(avx512, 5)
                  LEFT(avx512, 6) LEFT(avx512, 7))

/* y (rows, columns) = x (rows, depth) w, w being (panels of 16 columns, depth, 16). */
void product(const float *x, int64_t rows, int64_t depth, const float *w, int64_t columns, float *y,
             int threads) {
  const int64_t panels = (columns + PANEL - 1) / PANEL, parts = (rows + PART - 1) / PART;
  const int wide = __builtin_cpu_supports("avx512f");
#pragma omp parallel for schedule(dynamic, 1) collapse(2) num_threads(threads) \
    if (rows * depth * columns > 65536)
  for (int64_t panel = 0; panel < panels; panel++)
    for (int64_t part = 0; part < parts; part++) {
      const int64_t first = part * PART, left = rows - first, start = panel * PANEL;
      const int64_t width = columns - start < PANEL ? columns - start : PANEL;
      (wide ? avx512_rows : avx2_rows)(x + first * depth, left < PART ? left : PART, depth,
                                       w + start * depth, y + first * columns + start, width,
                                       columns);
    }
}
