/** The log of which generation is live, and why it may be. */
package dev.remap.jobs.store.publication;
