/** How many lists a search should visit: recall against time, on queries of the catalogue. */
package dev.remap.jobs.tune;
