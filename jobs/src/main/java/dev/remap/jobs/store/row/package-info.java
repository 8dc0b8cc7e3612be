/** What the rows of each table are. */
package dev.remap.jobs.store.row;
