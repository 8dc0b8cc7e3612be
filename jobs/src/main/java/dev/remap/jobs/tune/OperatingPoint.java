package dev.remap.jobs.tune;

/**
 * What a search finds and takes that visits so many lists.
 *
 * @param nprobe inverted lists visited per query and shard
 * @param depth nearest by their codes that are ranked again by stored vectors; as many as are
 *     wanted: not ranked again
 * @param recall share of the exactly nearest that are found, mean over the queries
 * @param error standard error of that mean
 * @param millis of one core for a query, summed over the shards, without the reading of stored
 *     vectors
 */
record OperatingPoint(int nprobe, int depth, double recall, double error, double millis) {}
