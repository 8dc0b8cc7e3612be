/**
 * What all jobs share: their life (plan, run, verify, commit), units of work, and the tables,
 * artifacts and generations they read and write. Each stage has a package of its own below.
 */
package dev.remap.jobs.job;
