package dev.remap.jobs.tune;

import dev.remap.index.quantizer.Probing;

/**
 * What a search finds and takes that visits so many lists.
 *
 * @param probing which lists are visited
 * @param depth nearest by their codes that are ranked again by stored vectors; as many as are
 *     wanted: not ranked again
 * @param recall share of the exactly nearest that are found, mean over the queries
 * @param error standard error of that mean
 * @param millis of one core for a query, summed over the shards, without the reading of stored
 *     vectors
 */
public record OperatingPoint(
    Probing probing, int depth, double recall, double error, double millis) {}
