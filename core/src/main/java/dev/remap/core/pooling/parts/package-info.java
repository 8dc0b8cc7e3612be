/** What aggregators pool, image by image: what their parameters are learnt from. */
package dev.remap.core.pooling.parts;
