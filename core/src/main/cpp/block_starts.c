// Where the blocks of a JPEG's sequential scan begin, for dev.remap.core.image.jpeg.BlockStarts.
#include <jni.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Where a code begins is known once the one before has been read, so a processor mostly waits. Here
// three walks go through a scan at once, step by step in turn. Only the first one begins where a
// block does. The others begin anywhere, read nonsense, and fall into step after some blocks, since
// codes tell themselves apart. When all are done, each walk goes on until it stands where the next
// one has been, at the beginning of a block with the same place in its unit: what comes after
// depends on nothing else, so from there on the next one's blocks are those that this one would
// have found.
enum {
  // As BlockStarts.java and HuffmanTable.java have them.
  STEP_BITS = 13,
  WINDOW_BITS = 16,
  MOST_TABLES = 8,
  MOST_PLACES = 10,
  LAST = 63,
  END_OF_BLOCK = 100,
  // What describes a Huffman table: of each length of codes the first code, how many there are, and
  // where the first one's entry is; then the entries.
  LENGTHS = WINDOW_BITS + 1,
  ENTRIES_AT = 3 * LENGTHS,
  DESCRIPTION = ENTRIES_AT + 256,

  WALKS = 3,
  // Of all walks, before it is asked where they are.
  ROUND = 256,
  // The most blocks that a walk goes on for to meet the next.
  PATIENCE = 1 << 14,
  // So far one goes on where bits are no code: beyond the end, if it is near.
  BAD_BITS = 40,
  // Zeros behind the last bit: more than a round reads.
  PADDING = ROUND * BAD_BITS / 8 + 16
};

struct scan {
  const uint8_t *bits;
  int64_t end;  // in bits
  const uint32_t *steps;
  const int32_t *descriptions;
  int places;           // blocks of a unit
  int dc[MOST_PLACES];  // of each its table
  int ac[MOST_PLACES];
};

// A walk: 48 bits its position, 16 the index of the coefficient; and what kind of code comes next,
// by its offset in the steps (16 bits) and its number: two for each place, first DC, then AC.
struct walk {
  uint64_t at;
  uint32_t kind;
  uint32_t count;    // of kinds that are done: two for each block
  uint32_t room;
  int64_t last_bad;  // the last block with bits that are no code, -1 if none
  uint32_t *begins;  // of each DC code its first bit, between them that of a step before
};

static uint64_t ahead(const uint8_t *bits, uint64_t position) {
  uint64_t eight;
  memcpy(&eight, bits + (position >> 3), sizeof eight);
  return __builtin_bswap64(eight) << (position & 7);
}

static int64_t position(const struct walk *walk) { return (int64_t)(walk->at >> 16); }

// The step of one code, of any length.
__attribute__((noinline)) static uint32_t single(const struct scan *scan, struct walk *walk,
                                                 uint64_t at, uint32_t kind, uint32_t count) {
  uint32_t number = kind >> 20;
  bool dc = (number & 1) == 0;
  int table = (dc ? scan->dc : scan->ac)[number >> 1];
  const int32_t *codes = scan->descriptions + (size_t)DESCRIPTION * (size_t)table;
  int32_t window = (int32_t)(ahead(scan->bits, at >> 16) >> (64 - WINDOW_BITS));
  uint32_t index = (uint32_t)at & 0xff;
  for (int length = 1; length < LENGTHS; length++) {
    int32_t code = (window >> (WINDOW_BITS - length)) - codes[length];
    if (code >= 0 && code < codes[LENGTHS + length]) {
      uint32_t entry = (uint32_t)codes[ENTRIES_AT + codes[2 * LENGTHS + length] + code];
      uint32_t advance = dc ? END_OF_BLOCK : entry >> 24;
      if (advance == END_OF_BLOCK || index + advance <= LAST) {
        return (entry & 0xff0000) | advance;
      }
      break;
    }
  }
  if ((int64_t)(at >> 16) + BAD_BITS <= scan->end) {
    walk->last_bad = count / 2;
  }
  return (BAD_BITS << 16) | END_OF_BLOCK;
}

// One step of a walk, between TAKE and LEAVE: several codes, where they fit the bits and stay within
// a block. It has no branch that a processor cannot foresee.
#define STEP(n)                                                                               \
  do {                                                                                        \
    uint32_t step = steps[(kind##n & 0xffff) + (ahead(bits, at##n >> 16) >> (64 - STEP_BITS))]; \
    if (__builtin_expect(((uint32_t)at##n & 0xff) + (step >> 24) >= LAST, 0)) {               \
      step = single(scan, walks + n, at##n, kind##n, count##n);                               \
    }                                                                                         \
    begins##n[count##n] = (uint32_t)(at##n >> 16);                                            \
    at##n += step & 0xffffff;                                                                 \
    uint32_t ended = (uint32_t)((LAST - 1 - (int32_t)(at##n & 0xff)) >> 31);                  \
    at##n &= ~(uint64_t)(ended & 0xff);                                                       \
    kind##n = (kind##n & ~ended) | (next[kind##n >> 20] & ended);                             \
    count##n -= ended;                                                                        \
  } while (0)

#define TAKE(n)                        \
  uint64_t at##n = walks[n].at;        \
  uint32_t kind##n = walks[n].kind;    \
  uint32_t count##n = walks[n].count;  \
  uint32_t *begins##n = walks[n].begins

#define LEAVE(n)             \
  walks[n].at = at##n;       \
  walks[n].kind = kind##n;   \
  walks[n].count = count##n

__attribute__((target_clones("bmi2", "default"))) static void round_of_all(
    const struct scan *scan, const uint32_t *next, struct walk *walks) {
  const uint8_t *bits = scan->bits;
  const uint32_t *steps = scan->steps;
  TAKE(0);
  TAKE(1);
  TAKE(2);
  for (int i = 0; i < ROUND; i++) {
    STEP(0);
    STEP(1);
    STEP(2);
  }
  LEAVE(0);
  LEAVE(1);
  LEAVE(2);
}

static bool has_room(const struct walk *walk) { return walk->count + ROUND < walk->room; }

static bool one_step(const struct scan *scan, const uint32_t *next, struct walk *walks) {
  if (!has_room(walks) || position(walks) > scan->end) {
    return false;
  }
  const uint8_t *bits = scan->bits;
  const uint32_t *steps = scan->steps;
  TAKE(0);
  STEP(0);
  LEAVE(0);
  return true;
}

// Until it has been beyond a bit at the beginning of a block.
static bool go_beyond(const struct scan *scan, const uint32_t *next, struct walk *walk,
                      int64_t bit) {
  while (position(walk) <= bit || walk->count % 2 == 1) {
    if (!one_step(scan, next, walk)) {
      return false;
    }
  }
  return true;
}

// The first block of `other` that `walk` comes to as well; its number in `walk` goes to `met`.
static int64_t meet(const struct scan *scan, const uint32_t *next, struct walk *walk,
                    const struct walk *other, uint32_t from, uint32_t *met) {
  uint32_t places = (uint32_t)scan->places;
  uint32_t theirs = 0;
  uint32_t ours = from;
  while (ours < walk->count / 2 && walk->begins[2 * ours] < other->begins[0]) {
    ours++;
  }
  for (uint32_t patience = 0; patience < PATIENCE; patience++, ours++) {
    while (walk->count / 2 <= ours) {
      if (!one_step(scan, next, walk)) {
        return -1;
      }
    }
    uint32_t bit = walk->begins[2 * ours];
    while (theirs < other->count / 2 && other->begins[2 * theirs] < bit) {
      theirs++;
    }
    if (theirs == other->count / 2) {
      return -1;
    }
    if (other->begins[2 * theirs] == bit && theirs % places == ours % places) {
      *met = ours;
      return theirs;
    }
  }
  return -1;
}

static bool find(const struct scan *scan, const uint32_t *next, struct walk *walks, uint32_t blocks,
                 int32_t *starts) {
  int64_t ends[WALKS];
  for (int n = 0; n < WALKS; n++) {
    ends[n] = scan->end / 8 * (n + 1) / WALKS * 8;
    walks[n].at = n == 0 ? 0 : (uint64_t)ends[n - 1] << 16;
    walks[n].kind = next[2 * scan->places - 1];
    walks[n].last_bad = -1;
  }
  bool going = true;
  while (going) {
    bool all = true;
    going = false;
    for (int n = 0; n < WALKS; n++) {
      all &= has_room(walks + n) && position(walks + n) <= scan->end;
      going |= position(walks + n) <= ends[n];
    }
    going &= all;
    if (going) {
      round_of_all(scan, next, walks);
    }
  }
  uint32_t found = 0;
  int64_t first = 0;
  for (int n = 0; n < WALKS; n++) {
    struct walk *walk = walks + n;
    if (n < WALKS - 1 && !go_beyond(scan, next, walk, ends[n])) {
      return false;
    }
    while (n == WALKS - 1 && position(walk) <= scan->end) {
      if (!one_step(scan, next, walk)) {
        return false;
      }
    }
    int64_t joined = -1;
    uint32_t until = (walk->count + 1) / 2;
    if (n < WALKS - 1) {
      // A place in a unit is counted from a walk's own beginning, and of the first one it is true.
      joined = meet(scan, next, walk, walk + 1, (uint32_t)first, &until);
      if (joined < 0) {
        return false;
      }
    }
    if (walk->last_bad >= first) {
      return false;
    }
    for (uint32_t i = (uint32_t)first; i < until; i++) {
      starts[found++] = (int32_t)walk->begins[2 * i];
      if (found == blocks + 1) {
        return starts[blocks] <= scan->end;
      }
    }
    first = joined;
  }
  return false;
}

static bool block_starts(const struct scan *scan, uint32_t blocks, int32_t *starts) {
  uint32_t next[2 * MOST_PLACES];
  uint32_t kinds = 2 * (uint32_t)scan->places;
  for (uint32_t number = 0; number < kinds; number++) {
    uint32_t after = (number + 1) % kinds;
    uint32_t table = (uint32_t)(after % 2 == 0 ? scan->dc : scan->ac)[after / 2];
    next[number] = (table << STEP_BITS) | (after << 20);
  }
  struct walk walks[WALKS];
  memset(walks, 0, sizeof walks);
  bool room = true;
  for (int n = 0; n < WALKS; n++) {
    // A walk that reads nonsense may find more blocks than there are.
    walks[n].room = 2 * blocks + 4 * ROUND;
    walks[n].begins = malloc(sizeof(uint32_t) * walks[n].room);
    room &= walks[n].begins != NULL;
  }
  bool found = room && find(scan, next, walks, blocks, starts);
  for (int n = 0; n < WALKS; n++) {
    free(walks[n].begins);
  }
  return found;
}

// As BlockStarts.java describes it. False also where there is no memory.
JNIEXPORT jboolean JNICALL Java_dev_remap_core_image_jpeg_BlockStarts_find(
    JNIEnv *env, jclass type, jbyteArray bits, jint length, jintArray steps,
    jintArray descriptions, jintArray unit, jintArray starts) {
  (void)type;
  jsize blocks = (*env)->GetArrayLength(env, starts) - 1;
  jsize places = (*env)->GetArrayLength(env, unit) / 2;
  jsize stepped = (*env)->GetArrayLength(env, steps);
  jsize described = (*env)->GetArrayLength(env, descriptions);
  jint tables[2 * MOST_PLACES];
  if (places < 1 || places > MOST_PLACES || stepped > MOST_TABLES << STEP_BITS) {
    return JNI_FALSE;
  }
  (*env)->GetIntArrayRegion(env, unit, 0, 2 * places, tables);
  uint8_t *copy = calloc((size_t)length + PADDING, 1);
  jint *all_steps = malloc(sizeof(jint) * (size_t)stepped);
  jint *all_descriptions = malloc(sizeof(jint) * (size_t)described);
  jint *found = malloc(sizeof(jint) * ((size_t)blocks + 1));
  bool done = false;
  if (copy != NULL && all_steps != NULL && all_descriptions != NULL && found != NULL) {
    (*env)->GetByteArrayRegion(env, bits, 0, length, (jbyte *)copy);
    (*env)->GetIntArrayRegion(env, steps, 0, stepped, all_steps);
    (*env)->GetIntArrayRegion(env, descriptions, 0, described, all_descriptions);
    struct scan scan = {.bits = copy,
                        .end = 8 * (int64_t)length,
                        .steps = (const uint32_t *)all_steps,
                        .descriptions = all_descriptions,
                        .places = places};
    for (int place = 0; place < places; place++) {
      scan.dc[place] = tables[2 * place];
      scan.ac[place] = tables[2 * place + 1];
    }
    done = block_starts(&scan, (uint32_t)blocks, found);
    if (done) {
      (*env)->SetIntArrayRegion(env, starts, 0, blocks + 1, found);
    }
  }
  free(found);
  free(all_descriptions);
  free(all_steps);
  free(copy);
  return done ? JNI_TRUE : JNI_FALSE;
}
