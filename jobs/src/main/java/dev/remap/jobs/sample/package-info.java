/** Rows of tables drawn by the hashes of their keys, or looked up by their keys. */
package dev.remap.jobs.sample;
