package dev.remap.jobs.stage.whiten;

import java.io.Serializable;

/**
 * Images that hang together by matching pairs.
 *
 * @param keys of the images, each in a pair
 * @param pairs places of the query and of its match among the keys
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record PairGroup(long[] keys, int[][] pairs) implements Serializable {}
