/* A layer of a decoder in one call, by the functions of the other files, whose addresses it is given.

   Called from Python one by one, as they are where a layer is only in part compiled, they take six
   milliseconds for the layers of a small model, and as many again to compute a step of a few rows.
   Results are the same, bit for bit. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

/* The functions, as int8_product.c and functions.c declare them. */
typedef struct {
  void (*quantise)(const float *x, int64_t rows, int64_t depth, float tiny, float inverse,
                   uint8_t *blocks, float *scales, int threads);
  void (*multiply)(const uint8_t *blocks, const float *scales, int64_t rows, const void *matrix,
                   const float *low, const float *high, int64_t rank, float *y, int path,
                   int threads);
  void (*product)(const float *x, int64_t rows, int64_t depth, const float *w, int64_t columns,
                  float *y, int threads);
  void (*normalise)(const float *x, int64_t rows, int64_t size, const float *weight, float epsilon,
                    float *y, int threads);
  void (*turn)(const View *x, int64_t rows, int64_t heads, int64_t tokens, int64_t size,
               const float *cosines, const float *sines, int threads);
  void (*gate)(float *x, const float *up, int64_t rows, int64_t size, int gelu, int threads);
  int (*attend_paged)(const Paged *a, int threads);
} Functions;

/* A matrix of bytes, and what an adapter adds to its product: x `down` `high`. */
typedef struct {
  const void *matrix;
  const float *down, *high;
  int64_t rank; /* 0 for none */
} Linear;

typedef struct {
  Functions call;
  Linear q, k, v, o, gate, up, down;
  /* Weights of the norms. Those of heads are null where there are none; those of what comes out of
     both halves, too. */
  const float *before_attention, *of_queries, *of_keys, *after_attention;
  const float *before_feed, *after_feed;
  int64_t hidden, inner, heads, kv_heads, size, layer;
  float epsilon, scale, tiny, inverse;
  int64_t window;
  int32_t gelu, path;
} Layer;

typedef struct {
  const float *x; /* (tokens, hidden) */
  float *out;     /* (wanted, hidden), or as x where `wanted` is null */
  const int64_t *wanted;
  int64_t tokens, count;
  const float *cosines, *sines; /* (tokens, size) */
  const Paged *rows;            /* without the tensors */
} Call;

enum {
  BLOCK = 8,   /* rows and ... */
  DEPTH = 16,  /* ... columns that are quantised together, as in int8_product.c */
  PART = 256   /* tokens whose inner states are in memory at a time */
};

/* Memory for quantised input: so many bytes for rows of a depth. */
static size_t blocks_of(int64_t rows, int64_t depth) {
  return (size_t)((rows + BLOCK - 1) / BLOCK * BLOCK * ((depth + DEPTH - 1) / DEPTH) * DEPTH);
}

/* Room that the products need besides. */
typedef struct {
  uint8_t *blocks;
  float *scales, *low;
} Room;

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static int64_t highest_rank(const Layer *l) {
  const Linear *all[] = {&l->q, &l->k, &l->v, &l->o, &l->gate, &l->up, &l->down};
  int64_t rank = 0;
  for (int i = 0; i < 7; i++) rank = larger(rank, all[i]->rank);
  return rank;
}

static int take_room(Room *room, const Layer *l, int64_t rows) {
  const int64_t depth = larger(larger(l->hidden, l->inner), l->heads * l->size);
  room->blocks = malloc(blocks_of(rows, depth));
  room->scales = malloc((size_t)rows * sizeof(float));
  room->low = malloc((size_t)(rows * highest_rank(l)) * sizeof(float) + 1);
  return room->blocks && room->scales && room->low;
}

static void leave_room(Room *room) {
  free(room->blocks);
  free(room->scales);
  free(room->low);
}

/* y = x W^T of a quantised x, with what an adapter adds. */
static void multiplied(const Layer *l, const Linear *w, const float *x, int64_t rows, int64_t depth,
                       const Room *room, float *y, int threads) {
  if (w->rank) l->call.product(x, rows, depth, w->down, w->rank, room->low, threads);
  l->call.multiply(room->blocks, room->scales, rows, w->matrix, w->rank ? room->low : 0, w->high,
                   w->rank, y, l->path, threads);
}

static void quantised(const Layer *l, const float *x, int64_t rows, int64_t depth, const Room *room,
                      int threads) {
  l->call.quantise(x, rows, depth, l->tiny, l->inverse, room->blocks, room->scales, threads);
}

static void add(float *to, const float *x, int64_t count, int threads) {
#pragma omp parallel for schedule(static) num_threads(threads) if (count > 65536)
  for (int64_t i = 0; i < count; i++) to[i] = to[i] + x[i];
}

/* What the tokens gather, (tokens, hidden). Returns nought where memory is short. */
static int attention(const Layer *l, const Call *c, const Room *room, float *told, int threads) {
  const int64_t n = c->tokens, own = l->heads * l->size, shared = l->kv_heads * l->size;
  float *h = malloc((size_t)(n * l->hidden) * sizeof(float));
  float *q = malloc((size_t)(n * own) * sizeof(float));
  float *k = malloc((size_t)(n * shared) * sizeof(float));
  float *v = malloc((size_t)(n * shared) * sizeof(float));
  float *found = malloc((size_t)(n * own) * sizeof(float));
  int enough = h && q && k && v && found;
  if (enough) {
    l->call.normalise(c->x, n, l->hidden, l->before_attention, l->epsilon, h, threads);
    quantised(l, h, n, l->hidden, room, threads);
    multiplied(l, &l->q, h, n, l->hidden, room, q, threads);
    multiplied(l, &l->k, h, n, l->hidden, room, k, threads);
    multiplied(l, &l->v, h, n, l->hidden, room, v, threads);
    if (l->of_queries) {
      l->call.normalise(q, n * l->heads, l->size, l->of_queries, l->epsilon, q, threads);
      l->call.normalise(k, n * l->kv_heads, l->size, l->of_keys, l->epsilon, k, threads);
    }
    const View queries = {q, 0, l->size, own}, keys = {k, 0, l->size, shared};
    l->call.turn(&queries, 1, l->heads, n, l->size, c->cosines, c->sines, threads);
    l->call.turn(&keys, 1, l->kv_heads, n, l->size, c->cosines, c->sines, threads);
    Paged rows = *c->rows;
    rows.q = queries, rows.k = keys, rows.v = (View){v, 0, l->size, shared};
    rows.out = found;
    rows.heads = l->heads, rows.kv_heads = l->kv_heads, rows.size = l->size;
    rows.offset = l->layer * rows.layer_bytes;
    rows.scale = l->scale, rows.window = l->window;
    enough = l->call.attend_paged(&rows, threads);
  }
  if (enough) {
    quantised(l, found, n, own, room, threads);
    multiplied(l, &l->o, found, n, own, room, told, threads);
    if (l->after_attention)
      l->call.normalise(told, n, l->hidden, l->after_attention, l->epsilon, told, threads);
    add(told, c->x, n * l->hidden, threads);
  }
  free(h);
  free(q);
  free(k);
  free(v);
  free(found);
  return enough;
}

/* Add the feed-forward layer's output to x (rows, hidden). Returns nought where memory is short. */
static int feed_forward(const Layer *l, float *x, int64_t rows, const Room *room, int threads) {
  float *h = malloc((size_t)(rows * l->hidden) * sizeof(float));
  float *gate = malloc((size_t)(rows * l->inner) * sizeof(float));
  float *up = malloc((size_t)(rows * l->inner) * sizeof(float));
  const int enough = h && gate && up;
  if (enough) {
    l->call.normalise(x, rows, l->hidden, l->before_feed, l->epsilon, h, threads);
    quantised(l, h, rows, l->hidden, room, threads);
    multiplied(l, &l->gate, h, rows, l->hidden, room, gate, threads);
    multiplied(l, &l->up, h, rows, l->hidden, room, up, threads);
    l->call.gate(gate, up, rows, l->inner, l->gelu, threads);
    quantised(l, gate, rows, l->inner, room, threads);
    multiplied(l, &l->down, gate, rows, l->inner, room, h, threads);
    if (l->after_feed)
      l->call.normalise(h, rows, l->hidden, l->after_feed, l->epsilon, h, threads);
    add(x, h, rows * l->hidden, threads);
  }
  free(h);
  free(gate);
  free(up);
  return enough;
}

/* The layer's output. Only the `wanted` tokens go through the feed-forward layer. Returns nought
   where memory is short. */
int run_layer(const Layer *l, const Call *c, int threads) {
  Room room;
  const int64_t count = c->wanted ? c->count : c->tokens;
  float *told = c->wanted ? malloc((size_t)(c->tokens * l->hidden) * sizeof(float)) : c->out;
  int enough = take_room(&room, l, c->tokens) && told;
  enough = enough && attention(l, c, &room, told, threads);
  if (enough && c->wanted)
    for (int64_t i = 0; i < count; i++)
      memcpy(c->out + i * l->hidden, told + c->wanted[i] * l->hidden,
             (size_t)l->hidden * sizeof(float));
  for (int64_t at = 0; enough && at < count; at += PART)
    enough = feed_forward(l, c->out + at * l->hidden, count - at < PART ? count - at : PART, &room,
                          threads);
  if (c->wanted) free(told);
  leave_room(&room);
  return enough;
}
