/**
 * Parquet files of other programs: only the columns that are needed, and images read page by page.
 */
package dev.remap.jobs.catalogue.parquet;
