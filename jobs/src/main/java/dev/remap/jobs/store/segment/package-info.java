/** Immutable Parquet segments sorted by key: their rows, their ranges, writing and reading them. */
package dev.remap.jobs.store.segment;
