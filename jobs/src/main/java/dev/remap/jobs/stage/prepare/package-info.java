/** What methods that follow a search take of the whole catalogue, made ahead of searches. */
package dev.remap.jobs.stage.prepare;
