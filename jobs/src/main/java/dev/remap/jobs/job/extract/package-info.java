/** Images to descriptors, unit by unit. */
package dev.remap.jobs.job.extract;
