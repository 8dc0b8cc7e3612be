/** The files of a store: created at most once, verified when read; keys, artifacts, publication. */
package dev.remap.jobs.store;
