/** Pairs of images to region weights. */
package dev.remap.jobs.stage.weigh;
