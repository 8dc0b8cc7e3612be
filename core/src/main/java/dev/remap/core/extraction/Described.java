package dev.remap.core.extraction;

/**
 * An image that has a descriptor.
 *
 * @param index position among the sources, from 0
 * @param width of the upright original, in pixels
 * @param height of the upright original, in pixels
 * @param descriptor raw (neither whitened nor normalised), every component finite
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
public record Described(int index, int width, int height, float[] descriptor) implements Outcome {}
