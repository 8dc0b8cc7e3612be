/** Catalogues of vectors that somebody else's model made: arrays of numbers, and Parquet. */
package dev.remap.jobs.catalogue.embedding;
