/* Attention, products and functions of float32 in which a row does not depend on the rows beside it.

   Libraries choose the order in which they add by the shape of the whole batch: a text comes out
   different in the sixth decimal when it is padded, or when others stand beside it. Here every sum
   is added in one order, that of the row's own tokens: columns that hold padding are left out, not
   multiplied by nought. How rows are put into blocks, and threads, have no say.

   Floating point must not be contracted (-ffp-contract=off). */

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx2,fma,avx512f")))

enum { EIGHT = 8, LANES = 6 /* queries that read a key together */, SPARE = 8 };

int supported(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
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

/* A tensor (rows, heads, tokens, size) whose last dimension is dense; strides are in floats. */
typedef struct {
  const float *data;
  int64_t row, head, token;
} View;

typedef struct {
  View q, k, v;
  const uint8_t *mask; /* (rows, keys): nought is padding */
  float *out;          /* (rows, queries, heads, size) */
  int64_t rows, heads, kv_heads, queries, keys, size;
  float scale;
  int32_t causal;
  int64_t window; /* the most tokens that a query looks back on, itself included; 0 is no bound */
} Attention;

/* Which keys each lane of a block reads: of the row's own tokens, from `start` up to `end`. */
typedef struct {
  int64_t start[LANES], end[LANES], low, high;
} Reach;

#define EACH_LANE _Pragma("GCC unroll 6") for (int lane = 0; lane < count; lane++)

/* Scores of `count` queries; `count` is a constant where it is inlined. */
AVX2 INLINE void score(const int count, const float *q, const float *keys, int64_t stride,
                       const int32_t *tokens, const Reach *reach, int64_t size, float *scores,
                       int64_t room) {
  for (int64_t j = reach->low; j < reach->high; j++) {
    const float *key = keys + tokens[j] * stride;
    __m256 sums[LANES];
    EACH_LANE sums[lane] = _mm256_setzero_ps();
    for (int64_t d = 0; d < size; d += EIGHT) {
      const __m256 one = _mm256_loadu_ps(key + d);
      EACH_LANE sums[lane] = _mm256_fmadd_ps(one, _mm256_loadu_ps(q + lane * size + d), sums[lane]);
    }
    EACH_LANE scores[lane * room + j - reach->low] = added_up(sums[lane]);
  }
}

/* Weighted sums of values of `count` queries, `width` times eight of their columns. */
AVX2 INLINE void gather(const int count, const int width, const float *values, int64_t stride,
                        const int32_t *tokens, const Reach *reach, const float *weights,
                        int64_t room, const float *shares, float *const *out) {
  __m256 sums[LANES][2];
  EACH_LANE for (int i = 0; i < width; i++) sums[lane][i] = _mm256_setzero_ps();
  for (int64_t j = reach->low; j < reach->high; j++) {
    const float *value = values + tokens[j] * stride;
    __m256 parts[2];
    for (int i = 0; i < width; i++) parts[i] = _mm256_loadu_ps(value + i * EIGHT);
    EACH_LANE {
      const __m256 weight = _mm256_broadcast_ss(weights + lane * room + j - reach->low);
      for (int i = 0; i < width; i++)
        sums[lane][i] = _mm256_fmadd_ps(weight, parts[i], sums[lane][i]);
    }
  }
  EACH_LANE {
    const __m256 share = _mm256_broadcast_ss(shares + lane);
    for (int i = 0; i < width; i++)
      _mm256_storeu_ps(out[lane] + i * EIGHT, _mm256_mul_ps(sums[lane][i], share));
  }
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

#define WITH_COUNT(count, CALL) \
  switch (count) {              \
    case 1: CALL(1); break;     \
    case 2: CALL(2); break;     \
    case 3: CALL(3); break;     \
    case 4: CALL(4); break;     \
    case 5: CALL(5); break;     \
    default: CALL(6);           \
  }

/* Up to six queries of one row that share keys. `tokens` are the columns of the row's tokens,
   `seen` how many of these each query sees. */
AVX2 static void block(const Attention *a, int64_t row, int64_t head, int64_t first,
                       const int32_t *tokens, const int32_t *seen, float *room_for) {
  const int64_t group = a->heads / a->kv_heads, size = a->size, room = a->keys + 2 * SPARE;
  float *queries = room_for, *scores = room_for + LANES * size;
  float *out[LANES], shares[LANES];
  Reach reach = {.low = INT64_MAX, .high = 0};
  int count = 0;
  for (int64_t i = first; i < first + LANES && i < a->queries * group; i++) {
    const int64_t query = i / group, of = head * group + i % group;
    float *to = a->out + ((row * a->queries + query) * a->heads + of) * size;
    if (seen[query] == 0) { /* padding, or a token that sees nothing */
      memset(to, 0, (size_t)size * sizeof(float));
      continue;
    }
    const float *q = a->q.data + row * a->q.row + of * a->q.head + query * a->q.token;
    for (int64_t d = 0; d < size; d++) queries[count * size + d] = q[d] * a->scale;
    const int64_t end = seen[query];
    const int64_t start = a->window && end > a->window ? end - a->window : 0;
    reach.start[count] = start, reach.end[count] = end;
    reach.low = start < reach.low ? start : reach.low;
    reach.high = end > reach.high ? end : reach.high;
    out[count++] = to;
  }
  if (count == 0) return;
  const float *keys = a->k.data + row * a->k.row + head * a->k.head;
  const float *values = a->v.data + row * a->v.row + head * a->v.head;
#define SCORE(n) score(n, queries, keys, a->k.token, tokens, &reach, size, scores, room)
  WITH_COUNT(count, SCORE)
  for (int lane = 0; lane < count; lane++)
    shares[lane] = weigh(scores + lane * room, reach.start[lane] - reach.low,
                         reach.end[lane] - reach.low, reach.high - reach.low);
  for (int64_t d = 0; d < size; d += 2 * EIGHT) {
#define GATHER(n, width) \
  gather(n, width, values + d, a->v.token, tokens, &reach, scores, room, shares, out)
#define WIDE(n) GATHER(n, 2)
#define NARROW(n) GATHER(n, 1)
    if (d + 2 * EIGHT <= size) {
      WITH_COUNT(count, WIDE)
    } else {
      WITH_COUNT(count, NARROW)
    }
    for (int lane = 0; lane < count; lane++) out[lane] += 2 * EIGHT;
  }
}

/* Attention of every query to the tokens of its own row. `size` is a multiple of eight. Returns
   nought where memory is short. */
int attend(const Attention *a, int threads) {
  const int64_t blocks = (a->queries * (a->heads / a->kv_heads) + LANES - 1) / LANES;
  int32_t *tokens = malloc((size_t)(a->rows * (a->keys + a->queries)) * sizeof(int32_t));
  if (!tokens) return 0;
  int32_t *seen = tokens + a->rows * a->keys;
  for (int64_t row = 0; row < a->rows; row++) {
    const uint8_t *mask = a->mask + row * a->keys;
    int32_t found = 0;
    for (int64_t j = 0; j < a->keys; j++) {
      const int own = mask[j];
      if (own) tokens[row * a->keys + found++] = (int32_t)j;
      const int64_t query = j - (a->keys - a->queries);
      if (query >= 0) seen[row * a->queries + query] = own ? found : 0;
    }
    for (int64_t query = 0; !a->causal && query < a->queries; query++)
      if (seen[row * a->queries + query]) seen[row * a->queries + query] = found;
  }
  int enough = 1;
#pragma omp parallel num_threads(threads)
  {
    const size_t room = (size_t)(LANES * (a->size + a->keys + 2 * SPARE));
    float *room_for = malloc(room * sizeof(float));
    if (!room_for) enough = 0;
#pragma omp for schedule(dynamic, 1) collapse(3)
    for (int64_t row = 0; row < a->rows; row++)
      for (int64_t head = 0; head < a->kv_heads; head++)
        for (int64_t nth = 0; nth < blocks; nth++)
          if (room_for)
            block(a, row, head, nth * LANES, tokens + row * a->keys, seen + row * a->queries,
                  room_for);
    free(room_for);
  }
  free(tokens);
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

/* gate = gate / (1 + e^-gate) * up, in place, of (rows, size), `size` a multiple of eight. */
AVX2 static void gate_row(float *gate, const float *up, int64_t size) {
  const __m256 one = _mm256_set1_ps(1.0f), sign = _mm256_set1_ps(-0.0f);
  for (int64_t d = 0; d < size; d += EIGHT) {
    const __m256 x = _mm256_loadu_ps(gate + d);
    const __m256 small = exponential(_mm256_or_ps(x, sign)); /* e^-|x| */
    const __m256 above = _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_GE_OQ);
    const __m256 over = _mm256_mul_ps(x, _mm256_blendv_ps(small, one, above));
    const __m256 found = _mm256_div_ps(over, _mm256_add_ps(one, small));
    _mm256_storeu_ps(gate + d, _mm256_mul_ps(found, _mm256_loadu_ps(up + d)));
  }
}

void gate(float *x, const float *up, int64_t rows, int64_t size, int threads) {
#pragma omp parallel for schedule(static) num_threads(threads) if (rows * size > 32768)
  for (int64_t row = 0; row < rows; row++) gate_row(x + row * size, up + row * size, size);
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
