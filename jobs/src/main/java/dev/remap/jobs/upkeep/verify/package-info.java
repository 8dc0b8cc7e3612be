/** Everything read once and compared with its checksums, and what mends damage. */
package dev.remap.jobs.upkeep.verify;
