/** Files as a catalogue has them: found, named, versioned, left out and counted, read in ranges. */
package dev.remap.jobs.catalogue.file;
