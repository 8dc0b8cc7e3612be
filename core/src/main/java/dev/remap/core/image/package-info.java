/** RGB pixels: their orientation and size, and OpenCV, which changes them. */
package dev.remap.core.image;
