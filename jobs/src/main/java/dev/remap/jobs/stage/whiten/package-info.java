/** The whitening fitted, and descriptors projected to vectors. */
package dev.remap.jobs.stage.whiten;
