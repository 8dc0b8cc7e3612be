/** Training of what follows a network, and of the network, by a ranking loss. */
package dev.remap.core.training;
