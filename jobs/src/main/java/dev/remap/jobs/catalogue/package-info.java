/**
 * The formats that a catalogue may have: folders, tables, inventories; tar files and Parquet with
 * images have packages of their own.
 */
package dev.remap.jobs.catalogue;
