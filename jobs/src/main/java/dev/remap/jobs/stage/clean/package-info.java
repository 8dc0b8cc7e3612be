/** Labels that the k-NN graph bears out: of each group the largest part whose images match. */
package dev.remap.jobs.stage.clean;
