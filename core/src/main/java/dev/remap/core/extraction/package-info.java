/** The extractor: batching by shape, prefetch, back-pressure, rejects. */
package dev.remap.core.extraction;
