/** The k-NN graph of a generation: each of its images and those nearest to it. */
package dev.remap.jobs.stage.knn;
