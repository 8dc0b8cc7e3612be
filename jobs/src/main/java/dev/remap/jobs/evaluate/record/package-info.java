/** What evaluations leave, and how two of them are compared. */
package dev.remap.jobs.evaluate.record;
