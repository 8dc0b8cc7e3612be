/** The catalogue's listing, its keys, and what changed since the snapshot before. */
package dev.remap.jobs.stage.snapshot;
