/** Index specification, coarse and product quantizer training. */
package dev.remap.index.quantizer;
