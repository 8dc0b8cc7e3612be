package dev.remap.core.extraction;

import dev.remap.core.image.RgbImage;
import java.util.List;

/**
 * An image ready for the network.
 *
 * @param width of the upright original
 * @param height of the upright original
 * @param layout which of the two shapes its pixels have
 * @param pixels one image for each scale of the spec, in its order
 */
record Prepared(int width, int height, Aspect layout, List<RgbImage> pixels) {}
