/**
 * Search as a distributed job: every part of an index times every block of queries, merged by
 * query.
 */
package dev.remap.jobs.search;
