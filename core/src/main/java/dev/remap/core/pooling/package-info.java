/** {@link dev.remap.core.pooling.Aggregator} and its implementations. */
package dev.remap.core.pooling;
