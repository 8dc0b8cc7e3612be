/** Whether a JPEG has all of its pixels, and those of a plain one at 1/4 or 1/8 of its size. */
package dev.remap.core.image.jpeg;
