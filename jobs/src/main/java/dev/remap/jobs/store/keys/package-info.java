/** Keys of image ids: hashes, and the few that are none. */
package dev.remap.jobs.store.keys;
