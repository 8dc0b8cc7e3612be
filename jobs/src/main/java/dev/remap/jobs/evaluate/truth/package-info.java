/** Ground truth of public collections, read as it is published. */
package dev.remap.jobs.evaluate.truth;
