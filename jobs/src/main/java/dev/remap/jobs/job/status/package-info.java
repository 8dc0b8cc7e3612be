/** What is live, what was rejected, what ran. */
package dev.remap.jobs.job.status;
