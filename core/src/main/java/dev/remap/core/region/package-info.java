/** The multi-scale region grid. */
package dev.remap.core.region;
