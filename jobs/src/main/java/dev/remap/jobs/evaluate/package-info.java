/** Queries against a generation: search, distorted copies, labelled groups. */
package dev.remap.jobs.evaluate;
