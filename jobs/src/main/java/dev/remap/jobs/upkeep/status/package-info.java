/** What is live, what was rejected, what ran, and which files count. */
package dev.remap.jobs.upkeep.status;
