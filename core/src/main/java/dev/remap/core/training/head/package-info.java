/** What follows a network, with all that learns of it, and its gradients. */
package dev.remap.core.training.head;
