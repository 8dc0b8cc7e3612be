/** Moments, PCA and learned whitening, projection. */
package dev.remap.core.whitening;
