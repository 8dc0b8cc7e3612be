/**
 * One HTML page about an index, for people who decide: what ran, what it finds, what was checked.
 */
package dev.remap.jobs.report;
