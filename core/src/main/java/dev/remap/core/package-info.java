/**
 * What is computed of images, without a cluster: decoding, the network, pooling of its feature
 * maps, whitening, and measures of retrieval. Knows neither Spark nor a store.
 */
package dev.remap.core;
