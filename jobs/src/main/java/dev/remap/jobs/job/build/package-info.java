/** The quantizer trained, and shards built or merged from those of the generation before. */
package dev.remap.jobs.job.build;
