/** Distance histograms of matching and non-matching pairs to region weights. */
package dev.remap.core.entropy;
