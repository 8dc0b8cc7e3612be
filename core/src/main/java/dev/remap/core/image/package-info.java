/** Bytes to RGB pixels: sniff, limits, decode, orientation, resize. */
package dev.remap.core.image;
