/** Re-ranking as a distributed job: blocks of queries, each with what it found. */
package dev.remap.jobs.rerank;
