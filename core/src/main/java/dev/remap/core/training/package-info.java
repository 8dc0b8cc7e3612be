/** Training of region weights, a projection and the network before them, by a ranking loss. */
package dev.remap.core.training;
