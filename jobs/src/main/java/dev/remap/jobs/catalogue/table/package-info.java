/** Rows of tables: which files and columns they are in, and what is wrong with them where. */
package dev.remap.jobs.catalogue.table;
