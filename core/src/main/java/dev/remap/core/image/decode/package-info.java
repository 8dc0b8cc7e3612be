/** Bytes to RGB pixels: sniff, limits, decode, orientation. */
package dev.remap.core.image.decode;
