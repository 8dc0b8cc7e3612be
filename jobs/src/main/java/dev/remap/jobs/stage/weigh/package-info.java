/** Images to region weights: by relative entropy, or by training. */
package dev.remap.jobs.stage.weigh;
