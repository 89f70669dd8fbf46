/* Products of bytes: x W^T, x of unsigned bytes, W of signed ones between -63 and 63.

   Depth is cut into chunks of 16: four groups of four, the four that one instruction adds up. A
   matrix is laid out in panels of eight columns for AVX2 and of 32 for AVX-512 with VNNI,
   [columns / 8][chunks][4 groups][8 columns][4], and the input in blocks of eight rows,
   [rows / 8][chunks][8 rows][4 groups][4].

   AVX2 adds two products in 16 bits, and has to widen that sum to 32. How large it can grow follows
   from the weights alone. For most chunks four such sums fit in 16 bits together, so that one
   widening serves them all: the multiplication takes five instructions in place of eight. The
   chunks of each panel are sorted by it: `fours` chunks first, then `pairs` in which two sums and
   two sums fit, then the rest; `order` tells which chunk of the input belongs to each. VNNI adds up
   in 32 bits, and its chunks stay in their order.

   All sums are exact, so that every path gives the same result, and a row does not depend on the
   rows beside it. Floating point must not be contracted (-ffp-contract=off). */

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum {
  ROWS = 8,
  COLUMNS = 8, /* of a panel for AVX2 */
  LANES = 16,  /* of AVX-512: a panel for VNNI has two times as many columns */
  DEPTH = 16,
  TOGETHER = 64, /* columns that a thread multiplies by a block of rows before the next block */
  ZERO = 127 /* the byte that stands for 0.0 */
};

#define INLINE static inline __attribute__((always_inline))
#define AVX2 __attribute__((target("avx2,fma")))
#define VNNI __attribute__((target("avx2,fma,avx512f,avx512vnni")))

/* A matrix as it lies in its file. */
typedef struct {
  const int8_t *bytes;
  const uint16_t *order;  /* (panels, chunks); AVX2 alone */
  const int32_t *classes; /* (panels, 2): fours, pairs; AVX2 alone */
  const float *steps;     /* (columns of all panels): a result is sum * step * scale of the row */
  const int32_t *zeros;   /* (columns of all panels): ZERO times the sum of a column's bytes */
  const float *bias;      /* (columns of all panels), or null */
  int64_t columns, depth;
} Matrix;

/* What an adapter adds to a product: `low` by `high`. */
typedef struct {
  const float *low;  /* (rows, rank) */
  const float *high; /* (panels, rank, columns of a panel) */
  int64_t rank;      /* 0 for none */
} Addition;

/* Return the best path for this processor: 2 AVX-512 with VNNI, 1 AVX2, 0 none. */
int best_path(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
  return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512f") ? 2 : 1;
}

static int64_t chunks_of(int64_t depth) { return (depth + DEPTH - 1) / DEPTH; }

/* The largest magnitude in a row, at least `tiny`. */
AVX2 static float largest_of(const float *x, int64_t depth, float tiny) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  __m256 most = _mm256_set1_ps(tiny);
  int64_t k = 0;
  for (; k + 8 <= depth; k += 8)
    most = _mm256_max_ps(most, _mm256_andnot_ps(sign, _mm256_loadu_ps(x + k)));
  float lanes[8], largest = tiny;
  _mm256_storeu_ps(lanes, most);
  for (int i = 0; i < 8; i++) largest = lanes[i] > largest ? lanes[i] : largest;
  for (; k < depth; k++) {
    const float size = x[k] < 0 ? -x[k] : x[k];
    largest = size > largest ? size : largest;
  }
  return largest;
}

/* Eight values to eight bytes, as FBGEMM rounds them: x / scale * inverse + ZERO. */
AVX2 INLINE void eight_bytes(const float *x, __m256 scale, __m256 inverse, uint8_t *to) {
  const __m256i order = _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                         0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256 value = _mm256_div_ps(_mm256_loadu_ps(x), scale);
  __m256i whole = _mm256_cvtps_epi32(_mm256_fmadd_ps(value, inverse, _mm256_set1_ps(ZERO)));
  whole = _mm256_max_epi32(_mm256_min_epi32(whole, _mm256_set1_epi32(255)), _mm256_setzero_si256());
  whole = _mm256_shuffle_epi8(whole, order);
  const uint32_t halves[2] = {(uint32_t)_mm256_extract_epi32(whole, 0),
                              (uint32_t)_mm256_extract_epi32(whole, 4)};
  memcpy(to, halves, 8);
}

/* Quantise x (rows, depth) into blocks, and write the scale of each row. */
AVX2 static void quantise_row(const float *x, int64_t depth, float tiny, float inverse,
                              uint8_t *to, float *scale) {
  *scale = largest_of(x, depth, tiny);
  const __m256 by = _mm256_set1_ps(*scale), times = _mm256_set1_ps(inverse);
  for (int64_t k = 0; k < depth; k += DEPTH, to += ROWS * DEPTH) {
    float rest[DEPTH] = {0};
    const float *from = x + k;
    if (k + DEPTH > depth) {
      memcpy(rest, from, (size_t)(depth - k) * sizeof(float));
      from = rest;
    }
    eight_bytes(from, by, times, to);
    eight_bytes(from + 8, by, times, to + 8);
  }
}

/* The rows that fill the last block are left as they are: no product reads them. */
void quantise(const float *x, int64_t rows, int64_t depth, float tiny, float inverse,
              uint8_t *blocks, float *scales, int threads) {
  const int64_t block = chunks_of(depth) * ROWS * DEPTH;
#pragma omp parallel for schedule(static) num_threads(threads) if (rows * depth > 32768)
  for (int64_t row = 0; row < rows; row++)
    quantise_row(x + row * depth, depth, tiny, inverse,
                 blocks + row / ROWS * block + row % ROWS * DEPTH, scales + row);
}

AVX2 INLINE void store(const Matrix *m, __m256i sum, float scale, float *y, int64_t column,
                       __m256 plus) {
  sum = _mm256_sub_epi32(sum, _mm256_loadu_si256((const __m256i *)(m->zeros + column)));
  __m256 value = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(m->steps + column));
  value = _mm256_mul_ps(value, _mm256_set1_ps(scale));
  if (m->bias) value = _mm256_add_ps(value, _mm256_loadu_ps(m->bias + column));
  value = _mm256_add_ps(value, plus);
  const int64_t left = m->columns - column;
  if (left >= COLUMNS) {
    _mm256_storeu_ps(y + column, value);
  } else {
    float lanes[COLUMNS];
    _mm256_storeu_ps(lanes, value);
    memcpy(y + column, lanes, (size_t)left * sizeof(float));
  }
}

AVX2 INLINE __m256i four_bytes(const uint8_t *x) {
  int32_t four;
  memcpy(&four, x, 4);
  return _mm256_set1_epi32(four);
}

#define GROUP(i) _mm256_loadu_si256((const __m256i *)(w + (i) * COLUMNS * 4))
#define PAIRS(i) _mm256_maddubs_epi16(four_bytes(x + row * DEPTH + (i) * 4), w##i)
#define WIDE(sums) _mm256_madd_epi16(sums, ones)
#define EACH_ROW _Pragma("GCC unroll 8") for (int row = 0; row < count; row++)
#define EACH_CHUNK(limit) for (; chunk < (limit); chunk++, w += DEPTH * COLUMNS)
#define CHUNK                                                  \
  const __m256i w0 = GROUP(0), w1 = GROUP(1), w2 = GROUP(2), w3 = GROUP(3); \
  const uint8_t *x = block + order[chunk] * (ROWS * DEPTH);

/* The sums of `count` rows of a block, and of a panel. `count` is a constant where it is inlined. */
AVX2 INLINE void avx2_sums(const int count, __m256i *sums, const uint8_t *block, const int8_t *w,
                           const uint16_t *order, int64_t chunks, int64_t fours, int64_t pairs) {
  const __m256i ones = _mm256_set1_epi16(1);
  int64_t chunk = 0;
  EACH_CHUNK(fours) {
    CHUNK
    EACH_ROW {
      const __m256i low = _mm256_add_epi16(PAIRS(0), PAIRS(1));
      const __m256i high = _mm256_add_epi16(PAIRS(2), PAIRS(3));
      sums[row] = _mm256_add_epi32(sums[row], WIDE(_mm256_add_epi16(low, high)));
    }
  }
  EACH_CHUNK(fours + pairs) {
    CHUNK
    EACH_ROW {
      sums[row] = _mm256_add_epi32(sums[row], WIDE(_mm256_add_epi16(PAIRS(0), PAIRS(1))));
      sums[row] = _mm256_add_epi32(sums[row], WIDE(_mm256_add_epi16(PAIRS(2), PAIRS(3))));
    }
  }
  EACH_CHUNK(chunks) {
    CHUNK
    EACH_ROW {
      sums[row] = _mm256_add_epi32(sums[row], WIDE(PAIRS(0)));
      sums[row] = _mm256_add_epi32(sums[row], WIDE(PAIRS(1)));
      sums[row] = _mm256_add_epi32(sums[row], WIDE(PAIRS(2)));
      sums[row] = _mm256_add_epi32(sums[row], WIDE(PAIRS(3)));
    }
  }
}

/* What an adapter adds to `count` rows of a panel; `high` (rank, 8) is that of the panel. */
AVX2 INLINE void additions(const int count, __m256 *plus, const float *low, const float *high,
                           int64_t rank) {
  EACH_ROW plus[row] = _mm256_setzero_ps();
  for (int64_t k = 0; k < rank; k++) {
    const __m256 eight = _mm256_loadu_ps(high + k * COLUMNS);
    EACH_ROW plus[row] = _mm256_fmadd_ps(_mm256_broadcast_ss(low + row * rank + k), eight, plus[row]);
  }
}

AVX2 INLINE void avx2_rows(const int count, const uint8_t *block, const float *scales,
                           const Matrix *m, int64_t panel, const Addition *plus, const float *low,
                           float *y) {
  const int64_t chunks = chunks_of(m->depth);
  __m256i sums[ROWS];
  EACH_ROW sums[row] = _mm256_setzero_si256();
  avx2_sums(count, sums, block, m->bytes + panel * chunks * DEPTH * COLUMNS,
            m->order + panel * chunks, chunks, m->classes[2 * panel], m->classes[2 * panel + 1]);
  __m256 added[ROWS];
  additions(count, added, low, plus->high + panel * plus->rank * COLUMNS, plus->rank);
  EACH_ROW store(m, sums[row], scales[row], y + row * m->columns, panel * COLUMNS, added[row]);
}

/* What VNNI adds up for `count` rows of a panel: the columns in two halves. */
VNNI INLINE void vnni_sums(const int count, __m512i *left, __m512i *right, const uint8_t *x,
                           const int8_t *w, int64_t chunks) {
  EACH_ROW left[row] = right[row] = _mm512_setzero_si512();
  for (int64_t chunk = 0; chunk < chunks; chunk++, x += ROWS * DEPTH)
    _Pragma("GCC unroll 4") for (int group = 0; group < DEPTH / 4; group++, w += 8 * LANES) {
      const __m512i w0 = _mm512_loadu_si512(w), w1 = _mm512_loadu_si512(w + 4 * LANES);
      EACH_ROW {
        int32_t four;
        memcpy(&four, x + row * DEPTH + group * 4, 4);
        const __m512i input = _mm512_set1_epi32(four);
        left[row] = _mm512_dpbusd_epi32(left[row], input, w0);
        right[row] = _mm512_dpbusd_epi32(right[row], input, w1);
      }
    }
}

VNNI INLINE void wide_store(const Matrix *m, __m512i sum, float scale, float *y, int64_t column,
                            __m512 plus) {
  const int64_t left = m->columns - column;
  const __mmask16 there = left >= LANES ? 0xffff : left > 0 ? (1 << left) - 1 : 0;
  sum = _mm512_sub_epi32(sum, _mm512_loadu_si512(m->zeros + column));
  __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(m->steps + column));
  value = _mm512_mul_ps(value, _mm512_set1_ps(scale));
  if (m->bias) value = _mm512_add_ps(value, _mm512_loadu_ps(m->bias + column));
  _mm512_mask_storeu_ps(y + column, there, _mm512_add_ps(value, plus));
}

VNNI INLINE void vnni_rows(const int count, const uint8_t *block, const float *scales,
                           const Matrix *m, int64_t panel, const Addition *plus, const float *low,
                           float *y) {
  const int64_t chunks = chunks_of(m->depth), column = panel * 2 * LANES;
  __m512i sums[2][ROWS];
  vnni_sums(count, sums[0], sums[1], block, m->bytes + column * chunks * DEPTH, chunks);
  for (int half = 0; half < 2; half++) {
    __m512 added[ROWS];
    EACH_ROW added[row] = _mm512_setzero_ps();
    const float *high = plus->high + column * plus->rank + half * LANES;
    for (int64_t k = 0; k < plus->rank; k++, high += 2 * LANES) {
      const __m512 lanes = _mm512_loadu_ps(high);
      EACH_ROW added[row] =
          _mm512_fmadd_ps(_mm512_set1_ps(low[row * plus->rank + k]), lanes, added[row]);
    }
    EACH_ROW wide_store(m, sums[half][row], scales[row], y + row * m->columns,
                        column + half * LANES, added[row]);
  }
}

/* A block of rows by panels from `first` up to `end`: the block stays in the nearest cache, and what
   is written of a row lies together. */
#define BLOCK(NAME, COUNT)                                                   \
  for (int64_t panel = first; panel < end; panel++)                                  \
    NAME##_rows(COUNT, blocks, scales, m, panel, plus, low, y);                      \
  break;

#define PANELS(NAME, TARGET)                                                                      \
  TARGET static void NAME##_panels(const uint8_t *blocks, const float *scales, int64_t rows,      \
                                   const Matrix *m, int64_t first, int64_t end,                   \
                                   const Addition *plus, float *y) {                              \
    const int64_t size = chunks_of(m->depth) * ROWS * DEPTH;                                      \
    const float *low = plus->low;                                                                 \
    for (; rows > 0; rows -= ROWS, blocks += size, scales += ROWS, y += ROWS * m->columns,        \
                     low += ROWS * plus->rank)                                                    \
      switch (rows) {                                                                             \
        case 1: BLOCK(NAME, 1)                                                            \
        case 2: BLOCK(NAME, 2)                                                            \
        case 3: BLOCK(NAME, 3)                                                            \
        case 4: BLOCK(NAME, 4)                                                            \
        case 5: BLOCK(NAME, 5)                                                            \
        case 6: BLOCK(NAME, 6)                                                            \
        case 7: BLOCK(NAME, 7)                                                            \
        default: BLOCK(NAME, 8)                                                           \
      }                                                                                           \
  }

PANELS(avx2, AVX2)
PANELS(vnni, VNNI)

/* Multiply quantised rows by a matrix, laid out for `path`, and add what an adapter adds: y is
   (rows, columns). */
void multiply(const uint8_t *blocks, const float *scales, int64_t rows, const Matrix *matrix,
              const float *low, const float *high, int64_t rank, float *y, int path, int threads) {
  const Addition plus = {low, high, rank};
  const int64_t width = path == 2 ? 2 * LANES : COLUMNS;
  const int64_t panels = (matrix->columns + width - 1) / width, together = TOGETHER / width;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
  for (int64_t first = 0; first < panels; first += together) {
    const int64_t end = first + together < panels ? first + together : panels;
    if (path == 2)
      vnni_panels(blocks, scales, rows, matrix, first, end, &plus, y);
    else
      avx2_panels(blocks, scales, rows, matrix, first, end, &plus, y);
  }
}

/* Products of float32 and rows of bfloat16, which are read where they lie. */

AVX2 INLINE __m256 widened(const uint16_t *w) {
  const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)w));
  return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
}

AVX2 INLINE float added_up(__m256 lanes) {
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(lanes), _mm256_extractf128_ps(lanes, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_shuffle_ps(four, four, 1)));
}

enum { INPUTS = 3, ROWS_AT_ONCE = 4 };

/* `count` inputs by four rows. `count` is a constant where it is inlined. */
AVX2 INLINE void few_dots(const int count, const float *x, int64_t depth, const uint16_t *const *w,
                          int64_t rows, float *y, int64_t stride) {
  __m256 sums[ROWS_AT_ONCE][INPUTS];
  _Pragma("GCC unroll 4") for (int j = 0; j < ROWS_AT_ONCE; j++)
    _Pragma("GCC unroll 3") for (int i = 0; i < count; i++) sums[j][i] = _mm256_setzero_ps();
  int64_t k = 0;
  for (; k + 8 <= depth; k += 8) {
    __m256 inputs[INPUTS];
    _Pragma("GCC unroll 3") for (int i = 0; i < count; i++)
      inputs[i] = _mm256_loadu_ps(x + i * depth + k);
    _Pragma("GCC unroll 4") for (int j = 0; j < ROWS_AT_ONCE; j++) {
      const __m256 row = widened(w[j] + k);
      _Pragma("GCC unroll 3") for (int i = 0; i < count; i++)
        sums[j][i] = _mm256_fmadd_ps(inputs[i], row, sums[j][i]);
    }
  }
  for (int j = 0; j < rows; j++)
    for (int i = 0; i < count; i++) {
      float sum = added_up(sums[j][i]);
      for (int64_t rest = k; rest < depth; rest++) {
        const uint32_t bits = (uint32_t)w[j][rest] << 16;
        float value;
        memcpy(&value, &bits, 4);
        sum += x[i * depth + rest] * value;
      }
      y[i * stride + j] = sum;
    }
}

AVX2 static void dots(const float *x, int64_t inputs, int64_t depth, const uint16_t *const *w,
                      int64_t rows, float *y, int64_t stride) {
  for (; inputs > 0; inputs -= INPUTS, x += INPUTS * depth, y += INPUTS * stride)
    switch (inputs) {
      case 1: few_dots(1, x, depth, w, rows, y, stride); break;
      case 2: few_dots(2, x, depth, w, rows, y, stride); break;
      default: few_dots(3, x, depth, w, rows, y, stride);
    }
}

/* y (inputs, count) = x (inputs, depth) by those rows of a matrix of bfloat16 that `which` lists,
   or by its first rows, where `which` is null. */
void multiply_rows(const float *x, int64_t inputs, int64_t depth, const uint16_t *matrix,
                   const int64_t *which, int64_t count, float *y, int threads) {
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
  for (int64_t first = 0; first < count; first += ROWS_AT_ONCE) {
    const int64_t rows = count - first < ROWS_AT_ONCE ? count - first : ROWS_AT_ONCE;
    const uint16_t *w[ROWS_AT_ONCE];
    for (int j = 0; j < ROWS_AT_ONCE; j++) {
      const int64_t place = first + (j < rows ? j : 0);
      w[j] = matrix + (which ? which[place] : place) * depth;
    }
    dots(x, inputs, depth, w, rows, y + first, count);
  }
}

/* The largest of `count` numbers. */
AVX2 static float most_of(const float *y, int64_t count) {
  __m256 most = _mm256_set1_ps(-INFINITY);
  int64_t j = 0;
  for (; j + 8 <= count; j += 8) most = _mm256_max_ps(most, _mm256_loadu_ps(y + j));
  float lanes[8], largest = -INFINITY;
  _mm256_storeu_ps(lanes, most);
  for (int i = 0; i < 8; i++) largest = lanes[i] > largest ? lanes[i] : largest;
  for (; j < count; j++) largest = y[j] > largest ? y[j] : largest;
  return largest;
}

/* Replace those of one input's products y (count) that are at least `least`. */
AVX2 static void refine_row(const float *x, int64_t depth, const uint16_t *matrix,
                            const int64_t *which, int64_t count, float least, float *y) {
  const __m256 limit = _mm256_set1_ps(least);
  for (int64_t first = 0; first < count; first += 8) {
    const int64_t left = count - first < 8 ? count - first : 8;
    unsigned near = 0;
    if (left == 8)
      near = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(y + first), limit, _CMP_GE_OQ));
    else
      for (int64_t i = 0; i < left; i++) near |= (unsigned)(y[first + i] >= least) << i;
    for (; near; near &= near - 1) {
      const int64_t place = first + __builtin_ctz(near);
      const uint16_t *row = matrix + (which ? which[place] : place) * depth;
      const uint16_t *const w[ROWS_AT_ONCE] = {row, row, row, row};
      few_dots(1, x, depth, w, 1, y + place, 1);
    }
  }
}

/* y (inputs, count) are products as in `multiply_rows`, but inexact: compute anew those that are
   at most `margin` below the largest of their input. */
void refine_rows(const float *x, int64_t inputs, int64_t depth, const uint16_t *matrix,
                 const int64_t *which, int64_t count, float margin, float *y, int threads) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
  for (int64_t i = 0; i < inputs; i++)
    refine_row(x + i * depth, depth, matrix, which, count, most_of(y + i * count, count) - margin,
               y + i * count);
}
