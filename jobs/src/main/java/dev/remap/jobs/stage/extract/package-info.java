/** Images to descriptors, unit by unit. */
package dev.remap.jobs.stage.extract;
