/** The gate: what a generation must pass to become live, and the way back. */
package dev.remap.jobs.stage.publish;
