/**
 * What a store has, typed: snapshots, descriptors, vectors, whitenings, quantizers, generations.
 */
package dev.remap.jobs.table;
