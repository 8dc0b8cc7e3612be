package dev.remap.core.training;

/**
 * A point of a training's curve.
 *
 * @param number 0 is the start
 * @param loss mean over the epoch's batches as they were learnt; NaN at the start
 * @param map mAP of the images that are held out, among all images
 */
public record Epoch(int number, double loss, double map) {}
