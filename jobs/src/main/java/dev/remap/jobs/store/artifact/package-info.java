/**
 * Extractors, whitenings, quantizers and generations: files and a manifest that makes them count.
 */
package dev.remap.jobs.store.artifact;
