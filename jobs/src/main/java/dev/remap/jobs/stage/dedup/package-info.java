/** Groups of near copies in a k-NN graph, and which of each is kept. */
package dev.remap.jobs.stage.dedup;
