/** Training of what follows the network: region weights and a projection, by a ranking loss. */
package dev.remap.core.training;
