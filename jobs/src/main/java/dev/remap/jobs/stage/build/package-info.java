/** Shards built, or merged from those of the generation before. */
package dev.remap.jobs.stage.build;
